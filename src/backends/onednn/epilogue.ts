/**
 * The fused ops of a step as the library's post-ops.
 *
 * @module
 */

import { sameShape } from "../../base/shapes.ts";
import type { ValueId } from "../../graph/graph.ts";
import type { OpAttributes, OpName } from "../../graph/ops/mod.ts";
import type { FusedOp, FusedOpOf, PointwiseName, StepOf } from "../../plan/plan.ts";
import { ARGUMENT, postOpArgument } from "./constants.ts";
import type { Eltwise, PostOp } from "./session.ts";
import type { Tensors } from "./tensors.ts";
import { folded, type View } from "./views.ts";

/** Post-ops with the tensors that they read. */
export interface Epilogue {
  /** In order. */
  readonly postOps: readonly PostOp[];
  /** What each operand is bound to. */
  readonly operands: readonly { readonly argument: number; readonly view: View }[];
}

/** What a translation needs to know of its step. */
interface Context {
  readonly tensors: Tensors;
  readonly output: View;
  readonly fold: number;
}

/** Post-ops of one fused op; undefined where none does the same. */
type Translate<K extends PointwiseName> = (
  fused: FusedOpOf<K>,
  context: Context,
) => PostOp[] | undefined;

/**
 * The epilogue of a step as post-ops; undefined where an op of it has none.
 *
 * @param fold how many neighbours along W the primitive sees as channels
 */
export function epilogueOf<K extends OpName>(
  step: StepOf<K>,
  tensors: Tensors,
  fold: number,
): Epilogue | undefined {
  const context = { tensors, output: tensors.activation(step.output), fold };
  const postOps: PostOp[] = [];
  for (const fused of step.epilogue) {
    const translated = translate(fused, context);
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
    return [{ argument: postOpArgument(index) | which, view: op.operand }];
  });
  return { postOps, operands };
}

function translate<K extends PointwiseName>(
  fused: FusedOp & { readonly op: K },
  context: Context,
): PostOp[] | undefined {
  return (TRANSLATIONS[fused.op] as Translate<K>)(fused as unknown as FusedOpOf<K>, context);
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
  prelu: ({ operands: [slopes] }, context) => {
    const { tensors } = context;
    if (tensors.shape(slopes).length !== 1) return undefined;
    return [{ kind: "prelu", operand: vector(slopes, context) }];
  },
  scale_shift: ({ operands: [scale, ...shifts] }, context) => [
    { kind: "binary", algorithm: "binary_mul", operand: vector(scale, context) },
    ...shifts.map((shift): PostOp => {
      return { kind: "binary", algorithm: "binary_add", operand: vector(shift, context) };
    }),
  ],
  add: ({ operands: [other] }, context) => binary("binary_add", other, context),
  mul: ({ operands: [other] }, context) => binary("binary_mul", other, context),
};

function vector(id: ValueId, { tensors, output, fold }: Context): View {
  return tensors.vector(id, output.dims.length, fold);
}

function binary(
  algorithm: "binary_add" | "binary_mul",
  other: ValueId,
  { tensors, output, fold }: Context,
): PostOp[] | undefined {
  const view = tensors.activation(other);
  if (sameShape(view.dims, output.dims)) {
    return [{ kind: "binary", algorithm, operand: folded(view, fold) }];
  }
  // a broadcast along W or over the channels is none once neighbours along W are channels
  return fold === 1 ? [{ kind: "binary", algorithm, operand: view }] : undefined;
}
