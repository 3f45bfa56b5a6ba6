/**
 * Lowering: from the steps of a plan to calls of kernels and execution plans.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import type { ValueId } from "../../graph/graph.ts";
import type { OpName } from "../../graph/ops/mod.ts";
import type { WeightSource } from "../../graph/weights.ts";
import type { Plan, Step, StepOf } from "../../plan/plan.ts";
import type { LoweredStep } from "../backend.ts";
import { type Port, portsOf } from "../bindings.ts";
import { address, i32, i64 } from "./cuda/arguments.ts";
import type { Arithmetic } from "./graph_api/convolution_graphs.ts";
import type { Call } from "./kernels/call.ts";
import { Emitter } from "./kernels/emitter.ts";
import { KERNELS } from "./kernels/mod.ts";
import { pairOf } from "./kernels/pairs.ts";
import type { DeviceMemory, Target } from "./kernels/target.ts";
import { Tensors } from "./kernels/tensors.ts";
import { moving } from "./kernels/work.ts";
import { PLANNING } from "./planning.ts";

/** Bytes of an element as callers have it. */
const SINGLE = 4;

/** What runs the second step of a pair. */
const WITH_LAST = "with the step before";

/** An input or output: the caller's order on the device, and the reordering from or to the arena. */
export interface Transfer {
  /** What it is. */
  readonly port: Port;
  /** Where it is in the caller's order. */
  readonly staging: DeviceMemory;
  /** The reordering. */
  readonly calls: readonly Call[];
}

/** A plan made of calls. */
export interface LoweredPlan {
  /** Where its tensors are. */
  readonly tensors: Tensors;
  /** Its inputs. */
  readonly load: readonly Transfer[];
  /** Its steps. */
  readonly steps: readonly { readonly step: LoweredStep; readonly calls: readonly Call[] }[];
  /** Its outputs. */
  readonly store: readonly Transfer[];
  /** Bytes of scratch memory, and of inputs and outputs in the caller's order. */
  readonly scratch: number;
}

/**
 * Lowers a plan.
 *
 * @param owned takes over what is made
 * @throws MissingError when the GPU has no room; NativeError when a library fails
 */
export function lowerPlan(
  target: Target,
  owned: DisposableStack,
  plan: Plan,
  weights: WeightSource,
  arithmetic: Arithmetic,
): LoweredPlan {
  const { inPlace } = PLANNING;
  const tensors = new Tensors(target, owned, { plan, weights, arithmetic, inPlace });
  const emitter = new Emitter(target, owned, tensors);
  const load = plan.inputs.map((id) => transfer(emitter, owned, plan, id, "load"));
  const called = plan.steps.map((step, i) => ({
    step,
    calls: emitter.step(() => lowerNext(plan.steps, i, emitter)),
  }));
  const store = plan.outputs.map((id) => transfer(emitter, owned, plan, id, "store"));
  const staged = [...load, ...store].reduce((sum, { port }) => sum + bytesOf(port), 0);
  const scratch = emitter.finish() + staged;
  const steps = called.map(({ step: { name, op }, calls }) => {
    const implementation = calls.map((call) => call.implementation).join(" + ") || WITH_LAST;
    return { step: { name, op, implementation }, calls };
  });
  return { tensors, load, steps, store, scratch };
}

/** Lowers a step, or a pair of them with its first. */
function lowerNext(steps: readonly Step[], i: number, emitter: Emitter): void {
  if (pairOf(steps[i - 1], steps[i])) return;
  const both = pairOf(steps[i], steps[i + 1]);
  if (both) both(steps[i], steps[i + 1], emitter);
  else lowerStep(steps[i], emitter);
}

function lowerStep<K extends OpName>(step: StepOf<K>, emitter: Emitter): void {
  KERNELS[step.op](step, emitter);
}

function bytesOf({ shape }: Port): number {
  return elements(shape) * SINGLE;
}

function transfer(
  emitter: Emitter,
  owned: DisposableStack,
  plan: Plan,
  id: ValueId,
  direction: "load" | "store",
): Transfer {
  const [port] = portsOf(plan, [id]);
  const staging = owned.use(emitter.target.allocate(bytesOf(port), port.name));
  const inside = emitter.tensors.activation(id);
  const [, C, ...spatial] = port.shape;
  const n = elements(port.shape);
  const [from, to] = direction === "load" ? [staging.id, inside] : [inside, staging.id];
  const kernel = direction === "load" ? "to_channels_last" : "from_channels_last";
  const calls = emitter.step(() =>
    emitter.over(
      `${direction} ${port.name}`,
      "copies",
      kernel,
      n,
      [
        address(from),
        address(to),
        i64(n),
        i32(C),
        i64(elements(spatial)),
      ],
      moving(bytesOf(port) + emitter.bytesOf([id])),
      { type: emitter.tensors.typeOf(id) },
    )
  );
  return { port, staging, calls };
}
