/**
 * Sliding windows: convolutions, their gradients, and pooling. cuDNN does them where it has an
 * engine, else kernels of our own.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import { address, type Argument, i32, i64, struct } from "../arguments.ts";
import { kernelOrder, type Link } from "../chain.ts";
import {
  type Convolution,
  convolutionOf,
  type GraphOp,
  type GraphStep,
  type Proposal,
  proposals,
} from "../convolutions.ts";
import { choose } from "../choosing.ts";
import type { ExecutionPlan } from "../engines.ts";
import { ID } from "../graph_spec.ts";
import { perChannel } from "../links.ts";
import type { Lower, Lowering } from "../lowering.ts";

/** A step of any op that runs as an operation graph. */
export function windowed<K extends GraphOp>(): Lower<K> {
  return (step, lowering) => lowerWindowed(step as unknown as GraphStep, lowering);
}

function lowerWindowed(step: GraphStep, lowering: Lowering): void {
  const shapeOf = (id: number) => lowering.tensors.shape(id);
  const all = proposals(step, shapeOf, lowering.tensors.arithmetic);
  const found = choose(lowering.session.engines, all, step.name);
  if (found) emitPlan(step, lowering, found.plan, found.proposal);
  else emitDirect(step, lowering);
  finish(step, lowering, found?.proposal.bias ?? false, found?.proposal.fused ?? 0);
}

function emitPlan(
  step: GraphStep,
  lowering: Lowering,
  plan: ExecutionPlan,
  { bias }: Proposal,
): void {
  const { tensors } = lowering;
  const [first, second, third] = step.inputs;
  const bindings: [number, bigint][] = [
    [ID.x, tensors.activation(first)],
    [ID.y, tensors.activation(step.output)],
  ];
  if (second !== undefined) bindings.push([ID.w, side(step, lowering)]);
  if (bias) bindings.push([ID.bias, tensors.bias(third)]);
  lowering.execute(step.name, plan, bindings);
}

/** Address of the second input: weights, or the gradient that weights have theirs from. */
function side(step: GraphStep, { tensors }: Lowering): bigint {
  const [, id] = step.inputs;
  return tensors.isParameter(id) ? tensors.weights(id) : tensors.activation(id);
}

/** What the plan left: the bias and fused ops, in one pass. */
function finish(step: GraphStep, lowering: Lowering, biasDone: boolean, fused: number): void {
  const bias = step.inputs[2];
  if (bias === undefined || biasDone) return lowering.applyEpilogue(step, fused);
  const result = lowering.activation(step.output);
  const links: Link[] = [
    { op: "load", operand: result },
    { op: "add", operand: perChannel(bias, result.shape, lowering.tensors) },
    ...lowering.epilogueLinks(step.epilogue, result.shape),
  ];
  lowering.chain(step.name, links, result);
}

const DIRECT = {
  forward: { program: "windows", kernel: "direct_forward" },
  backward_data: { program: "windows", kernel: "direct_backward_data" },
  backward_weights: { program: "reductions", kernel: "direct_backward_weights" },
} as const;

/** Threads of a block that adds up one weight's gradient. */
const THREADS_A_WEIGHT = 64;

function emitDirect(step: GraphStep, lowering: Lowering): void {
  const { tensors } = lowering;
  const context = step.name;
  const n = elements(tensors.shape(step.output));
  const pointers = step.inputs.length > 1 ? [side(step, lowering)] : [];
  const args = [tensors.activation(step.inputs[0]), ...pointers, tensors.activation(step.output)]
    .map(address);
  if (step.op === "max_pool") {
    return lowering.over(context, "windows", "max_pool", n, [
      ...args,
      i64(n),
      poolWindow(step.attributes, tensors.shape(step.inputs[0]), tensors.shape(step.output)),
    ]);
  }
  const convolution = convolutionOf(step, (id) => tensors.shape(id));
  const window = windowArgument(convolution);
  const { program, kernel } = DIRECT[convolution.kind];
  if (program === "windows") {
    return lowering.over(context, program, kernel, n, [...args, i64(n), window]);
  }
  const positions = elements(convolution.y) / convolution.y[1];
  lowering.launch({
    context,
    program,
    kernel,
    args: [...args, i64(n), i64(positions), window],
    grid: [n, 1, 1],
    block: [THREADS_A_WEIGHT, 1],
  });
}

/** The window of a pooling, as kernels take it. */
export function poolWindow(
  window: WindowAttributes,
  x: readonly number[],
  y: readonly number[],
): Argument {
  return windowArgument({ kind: "forward", window, groups: 1, x, w: [], y });
}

/** `struct Window` of `native/windows.cu` and `struct Gradient` of `native/reductions.cu`. */
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
