/**
 * How the elements of a tensor lie in memory. Sizes are in logical order (N, C, (D,) H, W), strides
 * say where the elements are.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import type { DataType } from "./constants.ts";

/** Bytes of an element. */
export const BYTES: Readonly<Record<DataType, number>> = { f32: 4, bf16: 2 };

/** Where the elements of a tensor lie, relative to its first. */
export interface Layout {
  /** Element type. */
  readonly type: DataType;
  /** Sizes in logical order. */
  readonly dims: Shape;
  /** Elements from one index to the next, an entry an axis. */
  readonly strides: Shape;
}

/** Tensor at an address. */
export interface View extends Layout {
  /** Address of its first element; 0 where it is not known yet. */
  readonly address: bigint;
}

/** Strides of dense memory whose axes are laid out in the given order, outermost first. */
function dense(dims: Shape, order: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (const axis of order.toReversed()) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  return strides;
}

/** Dense memory, the last axis fastest. */
export function rowMajor(type: DataType, dims: Shape): Layout {
  return { type, dims, strides: dense(dims, dims.map((_, axis) => axis)) };
}

/** Dense memory, the channels (axis 1) fastest: N, (D,) H, W, C. */
export function channelsLast(type: DataType, dims: Shape): Layout {
  const order = dims.map((_, axis) => (axis === 0 ? 0 : axis + 1));
  order[dims.length - 1] = 1;
  return { type, dims, strides: dense(dims, order) };
}

/** Bytes from the first element of a layout to its last. */
export function byteSize({ type, dims, strides }: Layout): number {
  const last = dims.reduce((sum, size, axis) => sum + (size - 1) * strides[axis], 0);
  return (last + 1) * BYTES[type];
}
