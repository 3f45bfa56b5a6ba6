/**
 * The operation graphs of convolutions and their relatives: which graphs to ask for, the preferred
 * first, and which of them is run.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import { uniformWindow, type WindowAttributes } from "../../../graph/windowed.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpName } from "../../../graph/ops/mod.ts";
import type { PointwiseName, Step } from "../../../plan/plan.ts";
import type { DataType } from "../cuda/data_type.ts";
import { type Engines, GENERIC_ENGINE, type ReadyEngine } from "./engines.ts";
import { ID, type Operation, type OperationGraph, type TensorSpec } from "./operation_graph.ts";

/** Ops that run as operation graphs. */
export type GraphOp = Extract<
  OpName,
  | "conv"
  | "deconv"
  | "linear"
  | "conv_backward_data"
  | "conv_backward_weights"
  | "max_pool"
>;

/** A step that runs as an operation graph. */
export type GraphStep = Extract<Step, { op: GraphOp }>;

/** A graph that does a step or the beginning of it. */
export interface Proposal {
  readonly graph: OperationGraph;
  /** Whether the bias is added in it. */
  readonly bias: boolean;
  /** How many fused ops of the step are done in it. */
  readonly fused: number;
}

/** The window of a step with the shapes that it joins. */
export interface Convolution {
  /** What is computed: y, x or w. */
  readonly kind: "forward" | "backward_data" | "backward_weights";
  readonly window: WindowAttributes;
  /** Groups of channels. */
  readonly groups: number;
  /** Shape of the wide side. */
  readonly x: Shape;
  /** Shape of the weights: K, C / groups, taps. */
  readonly w: Shape;
  /** Shape of the side that has a voxel for every place of the window. */
  readonly y: Shape;
}

/** Pointwise ops with which engines are ready, right behind the bias. */
const ACTIVATIONS: Partial<Record<PointwiseName, "relu" | "elu" | "sigmoid">> = {
  relu: "relu",
  elu: "elu",
  sigmoid: "sigmoid",
};

/** What a step of a convolution or of one of its relatives computes. */
export function convolutionOf(
  step: Exclude<GraphStep, { op: "max_pool" }>,
  shapeOf: (id: ValueId) => Shape,
): Convolution {
  const [a, b] = step.inputs.map(shapeOf);
  const output = shapeOf(step.output);
  const window = step.op === "linear" ? uniformWindow(a.length - 2, 1) : step.attributes;
  const groups = "groups" in step.attributes ? step.attributes.groups : 1;
  // where the kernel is 1, weights may be a matrix
  const w = b.length === 2 ? [...b, ...window.kernel] : b;
  switch (step.op) {
    case "conv":
    case "linear":
      return { kind: "forward", window, groups, x: a, w, y: output };
    case "deconv":
    case "conv_backward_data":
      return { kind: "backward_data", window, groups, x: output, w, y: a };
    case "conv_backward_weights":
      return { kind: "backward_weights", window, groups, x: a, w: output, y: b };
  }
}

/** In what graphs compute. */
export interface Arithmetic {
  /** Element type of everything that is stored, biases too: else no engine is ready. */
  readonly type: DataType;
  /** Whether tensor cores may be used. */
  readonly tensorCores: boolean;
}

/** Graphs for a step, those that do more first; the last does the bare op. */
export function proposals(
  step: GraphStep,
  shapeOf: (id: ValueId) => Shape,
  arithmetic: Arithmetic,
): Proposal[] {
  const { type, tensorCores } = arithmetic;
  if (step.op === "max_pool") {
    const [x, y] = [shapeOf(step.inputs[0]), shapeOf(step.output)];
    const tensors = [{ id: ID.x, dims: x, type }, { id: ID.y, dims: y, type }];
    const pool: Operation = { kind: "max_pool", window: step.attributes, x: ID.x, y: ID.y };
    return [{ graph: { tensors, operations: [pool], tensorCores }, bias: false, fused: 0 }];
  }
  const convolution = convolutionOf(step, shapeOf);
  const hasBias = step.inputs.length > 2;
  const activation = step.epilogue.length > 0 ? ACTIVATIONS[step.epilogue[0].op] : undefined;
  const bare: Proposal = { graph: graphOf(convolution, arithmetic, []), bias: false, fused: 0 };
  if (!hasBias) return [bare];
  const channels = resultOf(convolution)[1];
  const bias: TensorSpec = {
    id: ID.bias,
    dims: [1, channels, ...convolution.window.kernel.map(() => 1)],
    type,
  };
  const add = { mode: "add" as const, operand: bias };
  const biased: Proposal = { graph: graphOf(convolution, arithmetic, [add]), bias: true, fused: 0 };
  if (!activation) return [biased, bare];
  const graph = graphOf(convolution, arithmetic, [add, { mode: activation }]);
  return [{ graph, bias: true, fused: 1 }, biased, bare];
}

/** A graph of a step with an engine that is ready for it. */
export interface GraphWay {
  /** The graph, and what of the step it does. */
  readonly proposal: Proposal;
  readonly engine: ReadyEngine;
}

/** What is ready for a step. */
export interface ReadyWays {
  /**
   * In the order to take them in where nothing is timed: those that do more first, but a graph that
   * only the generic engine serves last.
   */
  readonly ways: readonly GraphWay[];
  /**
   * The generic engine where the library names others before it: not worth a trial, but there where
   * the library makes no plan for these.
   */
  readonly spare: readonly GraphWay[];
}

/**
 * Graphs with the engines that are ready for them.
 *
 * @param proposals those that do more first, the bare op last
 * @param context name of the step, to be named in an error
 */
export function readyWays(
  engines: Pick<Engines, "ready">,
  proposals: readonly Proposal[],
  context: string,
): ReadyWays {
  const isGeneric = ({ engine: { engine } }: GraphWay) => engine === GENERIC_ENGINE;
  const all = proposals.map((proposal) =>
    engines.ready(proposal.graph, context).map((engine) => ({ proposal, engine }))
  );
  const isFavoured = ([first]: readonly GraphWay[]) => first !== undefined && isGeneric(first);
  const worth = all.map((ways) => ways.filter((way) => isFavoured(ways) || !isGeneric(way)));
  const [served, generic] = [true, false].map((wanted) =>
    worth.filter((ways) => ways.some((way) => !isGeneric(way)) === wanted)
  );
  return {
    ways: [...served, ...generic].flat(),
    spare: all.filter((ways) => !isFavoured(ways)).flat().filter(isGeneric),
  };
}

/** A pointwise operation behind a convolution. */
interface Follower {
  readonly mode: "add" | "relu" | "elu" | "sigmoid";
  readonly operand?: TensorSpec;
}

function resultOf({ kind, x, w, y }: Convolution): Shape {
  return kind === "forward" ? y : kind === "backward_data" ? x : w;
}

function graphOf(
  convolution: Convolution,
  { type, tensorCores }: Arithmetic,
  followers: readonly Follower[],
): OperationGraph {
  const { kind, window, x, w, y } = convolution;
  // what computes x writes its result where a step's output is bound, as every graph does
  const ids = kind === "forward"
    ? { x: ID.x, w: ID.w, y: ID.y }
    : kind === "backward_data"
    ? { x: ID.y, w: ID.w, y: ID.x }
    : { x: ID.x, w: ID.y, y: ID.w };
  const dims = resultOf(convolution);
  const tensors: TensorSpec[] = [
    { id: ids.x, dims: x, type },
    { id: ids.w, dims: w, type },
    { id: ids.y, dims: y, type },
  ].filter(({ id }) => id !== ID.y);
  const results = followers.map((_, i) => ID.inside + i).concat(ID.y);
  // what is not stored is not rounded
  const result = (id: number): TensorSpec =>
    id === ID.y ? { id, dims, type } : { id, dims, type: "f32", virtual: true };
  tensors.push(...results.map(result), ...followers.flatMap(({ operand }) => operand ?? []));
  const at = (id: number) => (id === ID.y ? results[0] : id);
  const operations: Operation[] = [
    { kind, window: plain(window), x: at(ids.x), w: at(ids.w), y: at(ids.y) },
    ...followers.map(({ mode, operand }, i): Operation => ({
      kind: "pointwise",
      mode,
      x: results[i],
      ...(operand ? { b: operand.id } : {}),
      y: results[i + 1],
    })),
  ];
  return { tensors, operations, tensorCores };
}

/** The window alone, so that equal graphs have equal text. */
function plain({ kernel, stride, padBefore, padAfter }: WindowAttributes): WindowAttributes {
  return { kernel, stride, padBefore, padAfter };
}
