/**
 * Lowering: from the steps of a plan to calls of kernels and execution plans.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import type { ValueId } from "../../graph/graph.ts";
import type { OpName } from "../../graph/ops/mod.ts";
import type { WeightSource } from "../../graph/weights.ts";
import type { Plan, StepOf } from "../../plan/plan.ts";
import type { LoweredStep } from "../backend.ts";
import { type Port, portsOf } from "../bindings.ts";
import { address, i32, i64 } from "./cuda/arguments.ts";
import type { Resource } from "./cuda/resource.ts";
import type { Arithmetic } from "./graph_api/convolution_graphs.ts";
import type { Session } from "./graph_api/session.ts";
import { type Call, Emitter } from "./kernels/emitter.ts";
import { KERNELS } from "./kernels/mod.ts";
import { Tensors } from "./kernels/tensors.ts";
import { PLANNING } from "./planning.ts";

/** Bytes of an element as callers have it. */
const SINGLE = 4;

/** An input or output: the caller's order on the device, and the reordering from or to the arena. */
export interface Transfer {
  /** What it is. */
  readonly port: Port;
  /** Where it is in the caller's order. */
  readonly staging: Resource;
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
  session: Session,
  owned: DisposableStack,
  plan: Plan,
  weights: WeightSource,
  arithmetic: Arithmetic,
): LoweredPlan {
  const { inPlace } = PLANNING;
  const tensors = new Tensors(session.gpu, owned, { plan, weights, arithmetic, inPlace });
  const emitter = new Emitter(session, owned, tensors);
  const load = plan.inputs.map((id) => transfer(emitter, owned, plan, id, "load"));
  const steps = plan.steps.map((step) => {
    const calls = emitter.collect(() => lowerStep(step, emitter));
    const { name, op } = step;
    const implementation = calls.map((call) => call.implementation).join(" + ");
    return { step: { name, op, implementation }, calls };
  });
  const store = plan.outputs.map((id) => transfer(emitter, owned, plan, id, "store"));
  const staged = [...load, ...store].reduce((sum, { port }) => sum + bytesOf(port), 0);
  return { tensors, load, steps, store, scratch: emitter.finish() + staged };
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
  const { memory } = emitter.session.gpu;
  const staging = owned.use(memory.allocate(bytesOf(port), port.name));
  const inside = emitter.tensors.activation(id);
  const [, C, ...spatial] = port.shape;
  const n = elements(port.shape);
  const [from, to] = direction === "load" ? [staging.id, inside] : [inside, staging.id];
  const kernel = direction === "load" ? "to_channels_last" : "from_channels_last";
  const calls = emitter.collect(() =>
    emitter.over(`${direction} ${port.name}`, "copies", kernel, n, [
      address(from),
      address(to),
      i64(n),
      i32(C),
      i64(elements(spatial)),
    ], emitter.tensors.typeOf(id))
  );
  return { port, staging, calls };
}
