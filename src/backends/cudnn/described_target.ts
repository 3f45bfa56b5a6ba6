/**
 * A GPU that is only described: steps are lowered for it, nothing is compiled or run, and the way of
 * a step that is taken is the one that is predicted to be the fastest.
 *
 * @module
 */

import { type DeviceModel, predictWork } from "./device_models.ts";
import type { Generated, Program, ProgramName, Variant } from "./cuda/programs.ts";
import type { Arithmetic } from "./graph_api/convolution_graphs.ts";
import type { ReadyEngine } from "./graph_api/engines.ts";
import {
  bytesOfGraph,
  describeGraph,
  ID,
  type OperationGraph,
} from "./graph_api/operation_graph.ts";
import type { Choice } from "./kernels/choice.ts";
import type { Chooser } from "./kernels/chooser.ts";
import type { Target } from "./kernels/target.ts";

/** Told of every kernel that is asked for. */
export interface KernelListener {
  kernel<P extends ProgramName>(program: P, name: Program<P>, variant: Variant): void;
  generated(program: Generated, variant: Variant): void;
}

/** Addresses are multiples of this, as those of a driver are. */
const ALIGNMENT = 256;

/** A GPU of a model; without one, the first way of each step that works is taken. */
export function describedTarget(
  model: DeviceModel,
  arithmetic: Arithmetic,
  listener?: KernelListener,
): Target {
  let next = BigInt(ALIGNMENT);
  return {
    multiprocessors: model.multiprocessors,
    capability: model.capability,
    engines: { ready: (graph) => assumedEngines(graph), compiled: () => undefined },
    chooser: predicting(model, arithmetic),
    allocate(bytes) {
      const id = next;
      next += BigInt(Math.ceil(Math.max(1, bytes) / ALIGNMENT) * ALIGNMENT);
      return { id, [Symbol.dispose]() {} };
    },
    fill() {},
    kernel(program, name, variant) {
      listener?.kernel(program, name, variant);
      return 0n;
    },
    generated(program, variant) {
      listener?.generated(program, variant);
      return 0n;
    },
    launch: () => refuse(),
    bind: () => refuse,
  };
}

function refuse(): never {
  throw new TypeError("a GPU that is only described runs nothing");
}

/**
 * The engine that cuDNN is assumed to have for a graph: none where 9.19 has but the generic one, and
 * in strict fp32 one that puts its tensors into another order.
 */
function assumedEngines(graph: OperationGraph): ReadyEngine[] {
  const [first, ...others] = graph.operations;
  const modes = others.map((one) => one.kind === "pointwise" ? one.mode : one.kind);
  const served = first.kind === "forward"
    ? modes.every((mode) => mode === "add" || mode === "relu")
    : first.kind !== "max_pool" && modes.length === 0;
  if (!served) return [];
  // a convolution of each channel by itself reads its tensors as they lie
  const [x, w] = [ID.x, ID.w].map((id) => graph.tensors.find((one) => one.id === id));
  const apart = x && w && w.dims[1] === 1 && x.dims[1] > 1;
  const workspace = graph.tensorCores || apart ? 0 : bytesOfGraph(graph);
  const name = `cuDNN: ${describeGraph(graph)}`;
  return [{
    engine: -1,
    label: "assumed",
    plan: () => ({ descriptor: null, engine: -1, workspace, name }),
  }];
}

function predicting(model: DeviceModel, arithmetic: Arithmetic): Chooser {
  const secondsOf = ({ call }: Choice["ways"][number]) =>
    call.work.reduce((sum, work) => sum + predictWork(work, model, arithmetic).seconds, 0);
  return {
    fastest: () => undefined,
    forget() {},
    tune(choices) {
      for (const choice of choices) {
        const [best] = [...choice.ways].sort((a, b) => secondsOf(a) - secondsOf(b));
        choice.take(best.label);
      }
    },
  };
}
