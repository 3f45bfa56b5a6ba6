/**
 * Pointwise ops as links of a chain, which run in one pass over memory.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpAttributes } from "../../../graph/ops/mod.ts";
import type { PointwiseName } from "../../../plan/plan.ts";
import type { Link, Operand } from "./chain_code.ts";
import type { Tensors } from "./tensors.ts";

export type { Link, Operand } from "./chain_code.ts";

/** What is known of an op. */
interface Given<K extends PointwiseName> {
  readonly attributes: OpAttributes[K];
  /** What the op reads besides the running value. */
  readonly operands: readonly ValueId[];
  readonly output: Shape;
  readonly tensors: Tensors;
  readonly activation: (id: ValueId) => Operand;
}

/** Links by op. */
const RULES: { readonly [K in PointwiseName]: (given: Given<K>) => Link[] } = {
  add: ({ operands: [b], activation }) => [{ op: "add", operand: activation(b) }],
  mul: ({ operands: [b], activation }) => [{ op: "mul", operand: activation(b) }],
  relu: () => [{ op: "relu" }],
  leaky_relu: ({ attributes }) => [{ op: "leaky_relu", alpha: attributes.slope }],
  elu: () => [{ op: "elu" }],
  sigmoid: () => [{ op: "sigmoid" }],
  scale_shift: ({ operands: [scale, shift], output, tensors }) => {
    const link = (op: "mul" | "add", id: ValueId): Link => ({
      op,
      operand: perChannel(id, output, tensors),
    });
    return [link("mul", scale), ...(shift === undefined ? [] : [link("add", shift)])];
  },
  prelu: ({ operands: [slope], output, tensors }) => [
    { op: "prelu", operand: slopes(slope, output, tensors) },
  ],
};

/** The links of an op that is applied to the running value. */
export function linksOf<K extends PointwiseName>(op: K, given: Given<K>): Link[] {
  return RULES[op](given);
}

/** A parameter of one number a channel, as an operand for a tensor of a shape. */
export function perChannel(
  id: ValueId,
  [, channels, ...spatial]: Shape,
  tensors: Tensors,
): Operand {
  const shape = [1, channels, ...spatial.map(() => 1)];
  return { address: tensors.vector(id), shape, type: "f32" };
}

/** Slopes, one a channel or one an element, as an operand for a tensor of a shape. */
export function slopes(id: ValueId, output: Shape, tensors: Tensors): Operand {
  if (tensors.shape(id).length === 1) return perChannel(id, output, tensors);
  return { address: tensors.plane(id), shape: [1, ...output.slice(1)], type: tensors.type };
}
