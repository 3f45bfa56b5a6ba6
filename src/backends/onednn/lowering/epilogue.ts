/**
 * The fused ops of a step as the library's post-ops.
 *
 * @module
 */

import { sameShape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpAttributes, OpName } from "../../../graph/ops/mod.ts";
import type { FusedOp, FusedOpOf, PointwiseName, StepOf } from "../../../plan/plan.ts";
import { ARGUMENT, postOpArgument } from "../library/constants.ts";
import type { View } from "../library/layout.ts";
import type { Eltwise, Operand, PostOp } from "../library/post_ops.ts";
import type { Tensors } from "../memory/tensors.ts";
import { asColumn, asRows, folded } from "../memory/views.ts";

/** Post-ops with the tensors that they read. */
export interface Epilogue {
  /** In order. */
  readonly postOps: readonly PostOp[];
  /** What each operand is bound to. */
  readonly operands: readonly { readonly argument: number; readonly operand: Operand }[];
}

/** Operands of post-ops in the sizes in which a primitive sees its output. */
export interface Operands {
  /** A tensor that is added or multiplied; undefined where the primitive cannot. */
  whole(id: ValueId): Operand | undefined;
  /** A parameter of one number a channel; undefined for any other. */
  vector(id: ValueId): Operand | undefined;
  /** The same as the slopes of a prelu, which needs an axis of channels. */
  slopes(id: ValueId): Operand | undefined;
}

/** Operands of a primitive that sees its output as it is. */
export function plainOperands(tensors: Tensors, output: ValueId): Operands {
  const axes = tensors.shape(output).length;
  return operandsSeen(tensors, output, axes, 1, (view) => view, (view) => view);
}

/** Operands of a primitive that sees `fold` neighbours along W as channels. */
export function foldedOperands(tensors: Tensors, output: ValueId, fold: number): Operands {
  if (fold === 1) return plainOperands(tensors, output);
  const axes = tensors.shape(output).length;
  return operandsSeen(tensors, output, axes, fold, (view) => folded(view, fold));
}

/**
 * Operands of a primitive that sees a part of its output, with `fold` neighbours along W as channels.
 *
 * @param part of a tensor of the shape of the output
 */
export function stripOperands(
  tensors: Tensors,
  output: ValueId,
  fold: number,
  part: (view: View) => View,
): Operands {
  const axes = tensors.shape(output).length;
  return operandsSeen(tensors, output, axes, fold, (view) => folded(part(view), fold));
}

/** Operands of a primitive that sees its output as one column of rows of `fold` voxels, or some rows. */
export function rowOperands(
  tensors: Tensors,
  output: ValueId,
  fold: number,
  rows: (column: View) => View = (column) => column,
): Operands {
  return operandsSeen(tensors, output, 4, fold, (view) => rows(asRows(asColumn(view), fold)));
}

/**
 * Operands of a primitive that sees its output as a matrix, voxels by channels, or some rows of it.
 *
 * @param matrix of a tensor of the shape of the output
 */
export function matrixOperands(
  tensors: Tensors,
  output: ValueId,
  matrix: (view: View) => View,
): Operands {
  return operandsSeen(tensors, output, 2, 1, matrix);
}

/**
 * Operands as a primitive sees them.
 *
 * @param times how many voxels are seen as channels
 * @param whole sees a tensor of the shape of the output
 * @param broadcast sees any other; where voxels are channels, there is no broadcast along them
 */
function operandsSeen(
  tensors: Tensors,
  output: ValueId,
  axes: number,
  times: number,
  whole: (view: View) => View,
  broadcast: (view: View) => View | undefined = () => undefined,
): Operands {
  const shape = tensors.shape(output);
  const vector = (id: ValueId) =>
    tensors.shape(id).length === 1 ? tensors.vector(id, axes, times) : undefined;
  return {
    whole(id) {
      const view = tensors.activation(id);
      return sameShape(view.dims, shape) ? whole(view) : broadcast(view);
    },
    vector,
    slopes: vector,
  };
}

/** Post-ops of one fused op; undefined where none does the same. */
type Translate<K extends PointwiseName> = (
  fused: FusedOpOf<K>,
  operands: Operands,
) => PostOp[] | undefined;

/** The epilogue of a step as post-ops; undefined where an op of it has none. */
export function epilogueOf<K extends OpName>(
  step: StepOf<K>,
  operands: Operands,
): Epilogue | undefined {
  const postOps: PostOp[] = [];
  for (const fused of step.epilogue) {
    const translated = translate(fused, operands);
    if (!translated) return undefined;
    postOps.push(...translated);
  }
  return bindOperands(postOps);
}

/** Post-ops with the arguments that their operands are bound to. */
export function bindOperands(postOps: readonly PostOp[]): Epilogue {
  const operands = postOps.flatMap((op, index) => {
    if (op.kind === "eltwise") return [];
    const which = op.kind === "binary" ? ARGUMENT.source1 : ARGUMENT.weights;
    return [{ argument: postOpArgument(index) | which, operand: op.operand }];
  });
  return { postOps, operands };
}

function translate<K extends PointwiseName>(
  fused: FusedOp & { readonly op: K },
  operands: Operands,
): PostOp[] | undefined {
  return (TRANSLATIONS[fused.op] as Translate<K>)(fused as unknown as FusedOpOf<K>, operands);
}

/** Ops without operands. */
export type ActivationName = "relu" | "leaky_relu" | "elu" | "sigmoid";

/** The post-op of each activation. */
export const ACTIVATIONS: {
  readonly [K in ActivationName]: (attributes: OpAttributes[K]) => Eltwise;
} = {
  relu: () => ({ kind: "eltwise", algorithm: "eltwise_relu", alpha: 0 }),
  leaky_relu: ({ slope }) => ({ kind: "eltwise", algorithm: "eltwise_relu", alpha: slope }),
  elu: () => ({ kind: "eltwise", algorithm: "eltwise_elu", alpha: 1 }),
  sigmoid: () => ({ kind: "eltwise", algorithm: "eltwise_logistic", alpha: 0 }),
};

const TRANSLATIONS: { readonly [K in PointwiseName]: Translate<K> } = {
  relu: ({ attributes }) => [ACTIVATIONS.relu(attributes)],
  leaky_relu: ({ attributes }) => [ACTIVATIONS.leaky_relu(attributes)],
  elu: ({ attributes }) => [ACTIVATIONS.elu(attributes)],
  sigmoid: ({ attributes }) => [ACTIVATIONS.sigmoid(attributes)],
  prelu: ({ operands: [id] }, { slopes }) => {
    const operand = slopes(id);
    return operand && [{ kind: "prelu", operand }];
  },
  scale_shift: ({ operands: [scale, ...shifts] }, { vector }) =>
    inTurn([
      binary("binary_mul", vector(scale)),
      ...shifts.map((shift) => binary("binary_add", vector(shift))),
    ]),
  add: ({ operands: [other] }, { whole }) => inTurn([binary("binary_add", whole(other))]),
  mul: ({ operands: [other] }, { whole }) => inTurn([binary("binary_mul", whole(other))]),
};

function binary(
  algorithm: "binary_add" | "binary_mul",
  operand: Operand | undefined,
): PostOp | undefined {
  return operand && { kind: "binary", algorithm, operand };
}

/** All of them, or nothing. */
function inTurn(postOps: readonly (PostOp | undefined)[]): PostOp[] | undefined {
  const found = postOps.filter((postOp) => postOp !== undefined);
  return found.length === postOps.length ? found : undefined;
}
