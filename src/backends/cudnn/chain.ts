/**
 * Chains of pointwise operations that run in one pass over memory: the arguments of the kernel in
 * `native/pointwise.cu`, whose structs and numbers these are.
 *
 * @module
 */

import { elements, sameShape, type Shape } from "../../base/shapes.ts";
import { type Address, address, type Argument, f32, i32, i64, struct } from "./arguments.ts";
import type { DataType } from "./constants.ts";
import { channelsLastStrides } from "./graph_spec.ts";

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
  /** A factor or slope; 0 unless said. */
  readonly alpha?: number;
  /** What is added; 0 unless said. */
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

/** Whether a kernel meets floats, where it might meet elements of its program's type. */
export function single(type: DataType): 0 | 1 {
  return type === "f32" ? 1 : 0;
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

/** Numbers by axis N, C, (D,) H, W as N, D, H, W, C, with `missing` for an axis that is not there. */
export function kernelOrder([n, c, ...spatial]: readonly number[], missing: number): number[] {
  return [n, ...[missing, missing, missing, ...spatial].slice(-3), c];
}
