/**
 * Sliding windows: convolutions, their gradients, and pooling. cuDNN does them where it has an
 * engine, else kernels of our own.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import { address, type Argument, i32, i64, struct } from "../cuda/arguments.ts";
import { kernelOrder } from "../cuda/layout.ts";
import {
  choose,
  type Convolution,
  convolutionOf,
  type GraphOp,
  type GraphStep,
  type Proposal,
  proposals,
} from "../graph_api/convolution_graphs.ts";
import type { ExecutionPlan } from "../graph_api/engines.ts";
import { ID } from "../graph_api/operation_graph.ts";
import type { Emitter } from "./emitter.ts";
import type { Lower } from "./kernel.ts";
import { type Link, perChannel } from "./pointwise_chain.ts";

/** A step of any op that runs as an operation graph. */
export function windowed<K extends GraphOp>(): Lower<K> {
  return (step, emitter) => lowerWindowed(step as unknown as GraphStep, emitter);
}

function lowerWindowed(step: GraphStep, emitter: Emitter): void {
  const shapeOf = (id: number) => emitter.tensors.shape(id);
  const all = proposals(step, shapeOf, emitter.tensors.arithmetic);
  const found = choose(emitter.session.engines, all, step.name);
  if (found) emitPlan(step, emitter, found.plan, found.proposal);
  else emitDirect(step, emitter);
  finish(step, emitter, found?.proposal.bias ?? false, found?.proposal.fused ?? 0);
}

function emitPlan(
  step: GraphStep,
  emitter: Emitter,
  plan: ExecutionPlan,
  { bias }: Proposal,
): void {
  const { tensors } = emitter;
  const [first, second, third] = step.inputs;
  const bindings: [number, bigint][] = [
    [ID.x, tensors.activation(first)],
    [ID.y, tensors.activation(step.output)],
  ];
  if (second !== undefined) bindings.push([ID.w, side(step, emitter)]);
  if (bias) bindings.push([ID.bias, tensors.bias(third)]);
  emitter.execute(step.name, plan, bindings);
}

/** Address of the second input: weights, or the gradient that weights have theirs from. */
function side(step: GraphStep, { tensors }: Emitter): bigint {
  const [, id] = step.inputs;
  return tensors.isParameter(id) ? tensors.weights(id) : tensors.activation(id);
}

/** What the plan left: the bias and fused ops, in one pass. */
function finish(step: GraphStep, emitter: Emitter, biasDone: boolean, fused: number): void {
  const bias = step.inputs[2];
  if (bias === undefined || biasDone) return emitter.applyEpilogue(step, fused);
  const result = emitter.activation(step.output);
  const links: Link[] = [
    { op: "load", operand: result },
    { op: "add", operand: perChannel(bias, result.shape, emitter.tensors) },
    ...emitter.epilogueLinks(step.epilogue, result.shape),
  ];
  emitter.chain(step.name, links, result);
}

const DIRECT = {
  forward: { program: "sliding_windows", kernel: "direct_forward" },
  backward_data: { program: "sliding_windows", kernel: "direct_backward_data" },
  backward_weights: { program: "reductions", kernel: "direct_backward_weights" },
} as const;

/** Threads of a block that adds up one weight's gradient. */
const THREADS_A_WEIGHT = 64;

function emitDirect(step: GraphStep, emitter: Emitter): void {
  const { tensors } = emitter;
  const context = step.name;
  const n = elements(tensors.shape(step.output));
  const pointers = step.inputs.length > 1 ? [side(step, emitter)] : [];
  const args = [tensors.activation(step.inputs[0]), ...pointers, tensors.activation(step.output)]
    .map(address);
  if (step.op === "max_pool") {
    return emitter.over(context, "sliding_windows", "max_pool", n, [
      ...args,
      i64(n),
      poolWindow(step.attributes, tensors.shape(step.inputs[0]), tensors.shape(step.output)),
    ]);
  }
  const convolution = convolutionOf(step, (id) => tensors.shape(id));
  const window = windowArgument(convolution);
  const { program, kernel } = DIRECT[convolution.kind];
  if (program === "sliding_windows") {
    return emitter.over(context, program, kernel, n, [...args, i64(n), window]);
  }
  const positions = elements(convolution.y) / convolution.y[1];
  emitter.launch({
    context,
    program,
    kernel,
    args: [...args, i64(n), i64(positions), window],
    grid: [n, 1, 1],
    block: [THREADS_A_WEIGHT, 1],
  });
}

/** The gradient of a maximum goes to the first voxel that has it. */
export const maxPoolBackward: Lower<"max_pool_backward"> = (step, emitter) => {
  const { tensors } = emitter;
  const [x, dy] = step.inputs;
  const n = elements(tensors.shape(x));
  emitter.over(step.name, "sliding_windows", "max_pool_backward", n, [
    ...[x, dy, step.output].map((id) => address(tensors.activation(id))),
    i64(n),
    poolWindow(step.attributes, tensors.shape(x), tensors.shape(dy)),
  ]);
  emitter.applyEpilogue(step);
};

/** The window of a pooling, as kernels take it. */
function poolWindow(
  window: WindowAttributes,
  x: readonly number[],
  y: readonly number[],
): Argument {
  return windowArgument({ kind: "forward", window, groups: 1, x, w: [], y });
}

/** `struct Window` of `native/sliding_windows.cu` and `struct Gradient` of `native/reductions.cu`. */
function windowArgument({ window, groups, x, y }: Convolution): Argument {
  const places = (sizes: readonly number[], missing: number) =>
    kernelOrder([0, 0, ...sizes], missing).slice(1, 4);
  const { kernel, stride, padBefore } = window;
  return struct(
    [
      ...[x[1], y[1], groups],
      ...places(x.slice(2), 1),
      ...places(y.slice(2), 1),
      ...places(kernel, 1),
      ...places(stride, 1),
      ...places(padBefore, 0),
    ].map(i32),
  );
}
