/**
 * Chains of pointwise operations that run in one pass over memory: ops as links, and links as the
 * arguments of the kernel in `native/pointwise.cu`, whose structs and numbers these are.
 *
 * @module
 */

import { elements, sameShape, type Shape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { OpAttributes } from "../../../graph/ops/mod.ts";
import type { PointwiseName } from "../../../plan/plan.ts";
import { type Address, address, type Argument, f32, i32, i64, struct } from "../cuda/arguments.ts";
import { type DataType, single } from "../cuda/data_type.ts";
import { channelsLastStrides, kernelOrder } from "../cuda/layout.ts";
import type { Tensors } from "./tensors.ts";

/** `enum Op`. */
const OPS = {
  load: 0,
  add: 1,
  sub: 2,
  mul: 3,
  relu: 4,
  leaky_relu: 5,
  elu: 6,
  sigmoid: 7,
  affine: 8,
  reciprocal: 9,
  softplus: 10,
  prelu: 11,
  gate: 12,
  one_above: 13,
  over_spread: 14,
} as const;

/** `enum Index`. */
const INDEX = { same: 0, modulo: 1, strided: 2 } as const;

/** Links that fit into the kernel's argument. */
export const MOST_LINKS = 10;

/** Axes of the kernel's tensors. */
const AXES = 5;

/** Something that a link reads. */
export interface Operand {
  /** Where it is. */
  readonly address: Address;
  /** Its shape in logical order; axes of size 1 are repeated. */
  readonly shape: Shape;
  /** Type of its elements: that of the program, or `f32` in any program. */
  readonly type: DataType;
}

/** One operation. */
export interface Link {
  /** What it does. */
  readonly op: keyof typeof OPS;
  /** A factor or slope; default: 0. */
  readonly alpha?: number;
  /** What is added; default: 0. */
  readonly beta?: number;
  /** What it reads besides the running value. */
  readonly operand?: Operand;
}

/** The argument that follows the output and its number of elements. */
export function chainArgument(links: readonly Link[], { shape: output, type }: Operand): Argument {
  const unused = MOST_LINKS - links.length;
  const blank: Link = { op: "load" };
  return struct([
    ...kernelOrder(output, 1).map(i64),
    ...[...links, ...new Array<Link>(unused).fill(blank)].flatMap((link) =>
      linkMembers(link, output)
    ),
    i32(links.length),
    i32(single(type)),
  ]);
}

function linkMembers({ op, alpha = 0, beta = 0, operand }: Link, output: Shape): Argument[] {
  const { index, modulus, strides } = indexOf(operand?.shape ?? output, output);
  return [
    i32(OPS[op]),
    i32(INDEX[index]),
    i32(single(operand?.type ?? "f32")),
    i32(0),
    f32(alpha),
    f32(beta),
    address(operand?.address ?? 0n),
    i64(modulus),
    ...strides.map(i64),
  ];
}

/** How an operand is read that is repeated to the shape of the output. */
function indexOf(
  shape: Shape,
  output: Shape,
): { index: keyof typeof INDEX; modulus: number; strides: readonly number[] } {
  const none = new Array<number>(AXES).fill(0);
  if (sameShape(shape, output)) return { index: "same", modulus: 1, strides: none };
  // the operand repeats after its own elements when only outer axes are repeated
  const [ours, theirs] = [kernelOrder(shape, 1), kernelOrder(output, 1)];
  const first = ours.findIndex((size) => size !== 1);
  if (first < 0 || ours.every((size, axis) => axis < first || size === theirs[axis])) {
    return { index: "modulo", modulus: elements(shape), strides: none };
  }
  const strides = channelsLastStrides(shape)
    .map((stride, axis) => shape[axis] === 1 ? 0 : stride);
  return { index: "strided", modulus: 1, strides: kernelOrder(strides, 0) };
}

/** What a rule is given. */
interface Given<K extends PointwiseName> {
  readonly attributes: OpAttributes[K];
  /** What the op reads besides the running value. */
  readonly operands: readonly ValueId[];
  readonly output: Shape;
  readonly tensors: Tensors;
}

/** Links by op. */
const RULES: { readonly [K in PointwiseName]: (given: Given<K>) => Link[] } = {
  add: ({ operands: [b], tensors }) => [{ op: "add", operand: activation(b, tensors) }],
  mul: ({ operands: [b], tensors }) => [{ op: "mul", operand: activation(b, tensors) }],
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
export function linksOf<K extends PointwiseName>(
  op: K,
  attributes: OpAttributes[K],
  operands: readonly ValueId[],
  output: Shape,
  tensors: Tensors,
): Link[] {
  return RULES[op]({ attributes, operands, output, tensors });
}

function activation(id: ValueId, tensors: Tensors): Operand {
  return { address: tensors.activation(id), shape: tensors.shape(id), type: tensors.typeOf(id) };
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
