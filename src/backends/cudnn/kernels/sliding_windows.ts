/**
 * Sliding windows: convolutions, their gradients, and pooling. cuDNN does them where it has an
 * engine, else kernels of our own.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import { opCost, type ValueId } from "../../../graph/graph.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import { type Address, address, type Argument, i32, i64, struct } from "../cuda/arguments.ts";
import { DATA_BYTES } from "../cuda/data_type.ts";
import { kernelOrder } from "../cuda/layout.ts";
import {
  type Convolution,
  convolutionOf,
  type GraphOp,
  type GraphStep,
  type GraphWay,
  type Proposal,
  proposals,
  readyWays,
} from "../graph_api/convolution_graphs.ts";
import type { ExecutionPlan } from "../graph_api/engines.ts";
import { describeGraph, ID } from "../graph_api/operation_graph.ts";
import { joinChannels } from "./copies.ts";
import type { Emitter } from "./emitter.ts";
import type { Lower } from "./kernel.ts";
import { type Link, type Operand, perChannel } from "./pointwise_chain.ts";
import { isProduct, productKernel, sidesFor } from "./product_convolution.ts";
import { firstChannels, type Sources } from "./sources.ts";
import { tensorCutOf, tensorKernel } from "./tensor_convolution.ts";
import { cutOf, type ThinKernel, thinKernel } from "./thin_convolution.ts";
import { moving, type Work } from "./work.ts";

/** A step of any op that runs as an operation graph. */
export function windowed<K extends GraphOp>(): Lower<K> {
  return (step, emitter) => lowerWindowed(step as unknown as GraphStep, emitter);
}

function lowerWindowed(step: GraphStep, emitter: Emitter): void {
  const { target: { engines }, tensors } = emitter;
  const all = proposals(step, (id) => tensors.shape(id), tensors.arithmetic);
  const ready = readyWays(engines, all, step.name);
  const wayOf = ({ proposal, engine }: GraphWay) => ({
    label: `${describeGraph(proposal.graph)} by ${engine.label}`,
    emit: () => emitGraph(step, emitter, engine.plan(), proposal),
  });
  const bare = all[all.length - 1];
  const ways = [...ready.ways.map(wayOf), ...ownWays(step, emitter)];
  const others = [
    ...ready.spare.map(wayOf),
    {
      label: `${describeGraph(bare.graph)} compiled`,
      emit: () => emitGraph(step, emitter, engines.compiled(bare.graph, step.name), bare),
    },
    // a kernel by definition is slow but for pooling, and there so that every network runs
    { label: "own kernel", emit: () => emitDirect(step, emitter) },
  ];
  const key = keyOf(step, emitter);
  if (ready.ways.length === 0) emitter.choose(step.name, key, [...ways, ...others]);
  else emitter.choose(step.name, key, ways, others);
}

/** Kernels of ours for a convolution, the preferred first; none for other steps. */
function ownWays(step: GraphStep, emitter: Emitter) {
  if (step.op !== "conv") return [];
  const { tensors, target } = emitter;
  const { type, tensorCores } = tensors.arithmetic;
  const convolution = convolutionOf(step, (id) => tensors.shape(id));
  const onTensorCores = tensorCores && type !== "f32"
    ? tensorCutOf(convolution, target.capability)
    : undefined;
  const first = firstChannels(inPlace(step, emitter));
  const cut = cutOf(convolution, first);
  const isStrict = !tensorCores && isProduct(convolution, first);
  const way = (label: string, kind: Work["kind"], make: KernelMaker) => ({
    label,
    emit: () => emitOwn(step, emitter, kind, make),
  });
  return [
    ...(onTensorCores
      ? [
        way("few channels on tensor cores", "tensor", (...given) =>
          tensorKernel(convolution, onTensorCores, ...given)),
      ]
      : []),
    ...(cut
      ? [way("few channels", "thin", (...given) => thinKernel(convolution, cut, ...given))]
      : []),
    ...(isStrict ? sidesFor(convolution, target.multiprocessors) : []).map((side) =>
      way(
        `product, blocks of ${side}`,
        "product",
        (...given) => productKernel(convolution, side, ...given),
      )
    ),
  ];
}

/** Writes a kernel for tensors at some addresses, and what is done with each sum. */
type KernelMaker = (sources: Sources, output: Operand, links: readonly Link[]) => ThinKernel;

/** The first input of a step where it is, be it two tensors. */
function inPlace({ inputs: [x], joined }: GraphStep, emitter: Emitter): Operand {
  if (!joined) return emitter.activation(x);
  const [first, { address, shape: [, channels] }] = joined.parts.map((id) =>
    emitter.activation(id)
  );
  return { ...first, shape: emitter.tensors.shape(x), rest: { address, channels } };
}

/** Scratch memory for two tensors as one. */
const WHOLE = 1;

/** The first input of a step as one tensor; emits what makes it one. */
function asOne({ name, inputs: [x], joined }: GraphStep, emitter: Emitter): Operand {
  if (!joined) return emitter.activation(x);
  const [shape, type] = [emitter.tensors.shape(x), emitter.tensors.typeOf(x)];
  const bytes = elements(shape) * DATA_BYTES[type];
  const whole = { address: emitter.scratch(bytes, WHOLE), shape, type };
  joinChannels(name, emitter, joined.parts, whole);
  return whole;
}

/** Tells where a step has what it reads, its first input being where it is said to be. */
function placesOf({ inputs: [first] }: GraphStep, emitter: Emitter, x: Operand) {
  return (id: ValueId) => id === first ? x : emitter.activation(id);
}

/** Emits a convolution of ours with all that is fused to it. */
function emitOwn(
  step: GraphStep,
  emitter: Emitter,
  kind: Work["kind"],
  make: KernelMaker,
): boolean {
  const { tensors } = emitter;
  const [, , bias] = step.inputs;
  const x = inPlace(step, emitter);
  const output = emitter.activation(step.output);
  const links: Link[] = [
    ...(bias === undefined
      ? []
      : [{ op: "add" as const, operand: perChannel(bias, output.shape, tensors) }]),
    ...emitter.epilogueLinks(step.epilogue, output.shape, placesOf(step, emitter, x)),
  ];
  const { program, ...launch } = make({ x, w: side(step, emitter) }, output, links);
  const work = workOf(step, emitter, kind);
  const bytes = work.bytes + emitter.bytesOfLinks(links);
  emitter.launchGenerated(program, { context: step.name, ...launch, work: { ...work, bytes } });
  return true;
}

/** What a step is, but for where its tensors are. */
function keyOf(
  { op, attributes, inputs, output, epilogue, joined }: GraphStep,
  { tensors }: Emitter,
) {
  const tensor = (id: ValueId) => [tensors.shape(id), tensors.typeOf(id)];
  const fused = epilogue.map((one) => [one.op, one.attributes, one.operands.map(tensor)]);
  const { arithmetic } = tensors;
  const parts = joined?.parts.map(tensor) ?? [];
  const shapes = [inputs.map(tensor), tensor(output), fused, ...parts];
  return JSON.stringify([op, attributes, ...shapes, arithmetic]);
}

/** Emits a graph of cuDNN and what it leaves of the step; false where there is no plan for it. */
function emitGraph(
  step: GraphStep,
  emitter: Emitter,
  plan: ExecutionPlan | undefined,
  proposal: Proposal,
): boolean {
  if (!plan) return false;
  const x = asOne(step, emitter);
  emitPlan(step, emitter, plan, proposal, x);
  finish(step, emitter, proposal.bias, proposal.fused, x);
  return true;
}

function emitPlan(
  step: GraphStep,
  emitter: Emitter,
  plan: ExecutionPlan,
  { bias }: Proposal,
  x: Operand,
): void {
  const { tensors } = emitter;
  const [, second, third] = step.inputs;
  const bindings: [number, Address][] = [
    [ID.x, x.address],
    [ID.y, tensors.activation(step.output)],
  ];
  if (second !== undefined) bindings.push([ID.w, side(step, emitter)]);
  if (bias) bindings.push([ID.bias, tensors.bias(third)]);
  emitter.execute(step.name, plan, bindings, workOf(step, emitter, "engine"));
}

/** Address of the second input: weights, or the gradient that weights have theirs from. */
function side(step: GraphStep, { tensors }: Emitter): bigint {
  const [, id] = step.inputs;
  return tensors.isParameter(id) ? tensors.weights(id) : tensors.activation(id);
}

/** What the plan left: the bias and fused ops, in one pass. */
function finish(
  step: GraphStep,
  emitter: Emitter,
  biasDone: boolean,
  fused: number,
  x: Operand,
): void {
  const bias = step.inputs[2];
  const places = placesOf(step, emitter, x);
  if (bias === undefined || biasDone) return emitter.applyEpilogue(step, fused, places);
  const result = emitter.activation(step.output);
  const links: Link[] = [
    { op: "load", operand: result },
    { op: "add", operand: perChannel(bias, result.shape, emitter.tensors) },
    ...emitter.epilogueLinks(step.epilogue, result.shape, places),
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

function emitDirect(step: GraphStep, emitter: Emitter): boolean {
  const x = asOne(step, emitter);
  emitByDefinition(step, emitter, x);
  finish(step, emitter, false, 0, x);
  return true;
}

function emitByDefinition(step: GraphStep, emitter: Emitter, x: Operand): void {
  const { tensors } = emitter;
  const context = step.name;
  const n = elements(tensors.shape(step.output));
  const pointers = step.inputs.length > 1 ? [side(step, emitter)] : [];
  const args = [x.address, ...pointers, tensors.activation(step.output)].map(address);
  if (step.op === "max_pool") {
    return emitter.over(context, "sliding_windows", "max_pool", n, [
      ...args,
      i64(n),
      poolWindow(step.attributes, tensors.shape(step.inputs[0]), tensors.shape(step.output)),
    ], moving(emitter.bytesOf([step.inputs[0], step.output])));
  }
  const convolution = convolutionOf(step, (id) => tensors.shape(id));
  const window = windowArgument(convolution);
  const { program, kernel } = DIRECT[convolution.kind];
  if (program === "sliding_windows") {
    const work = workOf(step, emitter, "definition");
    return emitter.over(context, program, kernel, n, [...args, i64(n), window], work);
  }
  const positions = elements(convolution.y) / convolution.y[1];
  emitter.launch({
    context,
    program,
    kernel,
    args: [...args, i64(n), i64(positions), window],
    grid: [n, 1, 1],
    block: [THREADS_A_WEIGHT, 1],
    work: workOf(step, emitter, "definition"),
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
  ], moving(emitter.bytesOf([x, dy, step.output])));
  emitter.applyEpilogue(step);
};

/** What a step has to do, but for what is fused to it. */
function workOf(step: GraphStep, emitter: Emitter, kind: Work["kind"]): Work {
  const { tensors } = emitter;
  const bytes = [...step.inputs.slice(0, 2), step.output]
    .reduce((sum, id) => sum + elements(tensors.shape(id)) * DATA_BYTES[tensors.type], 0);
  const shapes = step.inputs.map((id) => tensors.shape(id));
  const { flops } = opCost(step, shapes, tensors.shape(step.output));
  if (step.op === "max_pool") return { kind: "stream", bytes, flops: 0 };
  const { w } = convolutionOf(step, (id) => tensors.shape(id));
  return { kind, bytes, flops, channels: [w[1], w[0]] };
}

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
