/**
 * How a stretch of memory is seen as a tensor. Sizes are in logical order (N, C, (D,) H, W),
 * strides say where the elements lie; several views share one memory.
 *
 * @module
 */

import { elements, type Shape } from "../../base/shapes.ts";
import type { DataType } from "./constants.ts";

/** Bytes of an element. */
export const BYTES: Readonly<Record<DataType, number>> = { f32: 4, bf16: 2 };

/** Elements that loops are done with before threads have woken up. */
export const TINY = 1024;

/** Where the elements of a tensor lie, relative to its first. */
export interface Layout {
  /** Element type. */
  readonly type: DataType;
  /** Sizes in logical order. */
  readonly dims: Shape;
  /** Elements from one index to the next, an entry an axis. */
  readonly strides: Shape;
}

/** A tensor in memory. */
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

/** One sample of a tensor, still with an axis of samples; a tensor of one sample serves all. */
export function sample(view: View, n: number): View {
  const [samples, ...rest] = view.dims;
  const at = samples === 1 ? 0 : n;
  return { ...view, dims: [1, ...rest], address: moved(view, at * view.strides[0]) };
}

/** Some channels of a tensor. */
export function channelSlice(view: View, first: number, channels: number): View {
  const dims = view.dims.map((size, axis) => (axis === 1 ? channels : size));
  return { ...view, dims, address: moved(view, first * view.strides[1]) };
}

/**
 * The same channels-last memory with `factor` neighbours along W seen as channels: index
 * (w mod factor) * C + c. W must divide by the factor.
 */
export function folded<L extends Layout>(view: L, factor: number): L {
  if (factor === 1) return view;
  const last = view.dims.length - 1;
  const dims = view.dims.map((size, axis) =>
    axis === 1 ? size * factor : axis === last ? size / factor : size
  );
  return { ...view, ...channelsLast(view.type, dims) };
}

/** A channels-last tensor as a matrix, voxels by channels. */
export function asMatrix(view: View): View {
  const [, channels] = view.dims;
  const dims = [elements(view.dims) / channels, channels];
  return { ...view, dims, strides: [channels, 1] };
}

/** The address some elements further on; 0 where it is not known yet. */
export function moved({ type, address }: View, elements: number): bigint {
  return address === 0n ? 0n : address + BigInt(elements * BYTES[type]);
}

/** Rows of about this many elements amortise what a kernel does once a row. */
const LONG_ROW = 1024;

/** The fold along W that makes long rows of a channels-last tensor. */
export function channelFold({ dims }: View): number {
  const width = dims[dims.length - 1];
  let factor = Math.min(width, Math.max(1, Math.floor(LONG_ROW / dims[1])));
  while (width % factor !== 0) factor--;
  return factor;
}

/** Wide enough for all lanes and threads. */
const WIDE_ROW = 4096;

/**
 * How many voxels to see as channels so that what is added up over the rest are short columns: as
 * many as there are rows, or as fill a wide row.
 */
export function columnFold({ dims }: View): number {
  const voxels = elements(dims.slice(2));
  let factor = Math.max(1, Math.floor(Math.min(Math.sqrt(voxels), WIDE_ROW / dims[1])));
  while (voxels % factor !== 0) factor--;
  return factor;
}

/** A channels-last tensor as an image of one column, `factor` voxels of a sample a row. */
export function asColumns(view: View, factor: number): View {
  const [samples, channels, ...rest] = view.dims;
  const dims = [samples, channels * factor, elements(rest) / factor, 1];
  return { ...view, ...channelsLast(view.type, dims) };
}
