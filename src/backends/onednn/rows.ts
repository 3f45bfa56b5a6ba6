/**
 * Channels-last tensors as rows: R voxels by C channels are, in the same memory, R / f rows of f * C
 * elements.
 *
 * @module
 */

import { viewOf } from "../../base/dtypes.ts";
import { elements, type Shape } from "../../base/shapes.ts";
import { allocateBuffer } from "../buffers.ts";
import { byteSize, channelsLast, rowMajor, type View } from "./views.ts";

/** Elements that the library fills its vectors with. */
const LANES = 16;

/**
 * Elements that are added up in single precision before double precision takes over. Their sum is
 * off by some 1e-6 of their size at most, and mostly by far less.
 */
const SHORT = 128;

/** Rows of about this many elements amortise what a kernel does once a row. */
const LONG = 1024;

/** Divisors of a whole number up to a bound, the largest first. */
function divisors(of: number, most: number): number[] {
  const found: number[] = [];
  for (let d = Math.min(of, most); d >= 1; d--) if (of % d === 0) found.push(d);
  return found;
}

/**
 * How many voxels to see as one row so that columns are short enough to be added up in single
 * precision, with rows of whole vectors where they can be.
 *
 * @param most elements of a column at most
 */
export function shortColumns(voxels: number, channels: number, most: number = SHORT): number {
  const depths = divisors(voxels, most);
  const whole = depths.find((depth) => voxels / depth * channels % LANES === 0);
  return voxels / (whole ?? depths[0]);
}

/**
 * How many voxels to see as one row for a pass that needs one number a channel. There are two rows
 * at least, where there are two voxels: the library is slow with one.
 */
export function longRows(voxels: number, channels: number): number {
  const most = Math.min(Math.floor(LONG / channels), Math.floor(voxels / 2));
  return divisors(voxels, Math.max(1, most))[0];
}

/**
 * A stretch of memory as an image of one column.
 *
 * @param width elements of a row, the channels of the image
 */
export function asRows(address: bigint, rows: number, width: number): View {
  return { ...channelsLast("f32", [1, width, rows, 1]), address };
}

/** Numbers that loops and primitives both work on. */
export interface Numbers {
  /** The numbers. */
  readonly data: Float32Array;
  /** The same as a tensor. */
  readonly view: View;
}

/** Zeros of a shape, the last axis fastest; native code may work on them while they are kept. */
export function allocateNumbers(dims: Shape): Numbers {
  const layout = rowMajor("f32", dims);
  const { bytes, address } = allocateBuffer(byteSize(layout));
  const data = viewOf("f32", bytes.buffer, bytes.byteOffset, elements(dims));
  return { data, view: { ...layout, address } };
}

/** Fills an array with the values of each channel, over and over. */
export function repeatChannels(
  target: Float32Array,
  channels: number,
  value: (channel: number) => number,
): void {
  for (let c = 0; c < channels; c++) target[c] = value(c);
  for (let filled = channels; filled < target.length; filled *= 2) {
    target.copyWithin(filled, 0, Math.min(filled, target.length - filled));
  }
}

/** Adds up what belongs to each channel, in double precision. */
export function sumChannels(
  source: Float32Array,
  target: Float64Array,
  first: number,
  channels: number,
): void {
  for (let start = 0; start < source.length; start += channels) {
    for (let c = 0; c < channels; c++) target[first + c] += source[start + c];
  }
}

/** Adds up what belongs to each channel in all groups. */
export function sumOfGroups(source: Float64Array, y: Float32Array): () => void {
  return () => {
    for (let c = 0; c < y.length; c++) {
      let sum = 0;
      for (let at = c; at < source.length; at += y.length) sum += source[at];
      y[c] = sum;
    }
  };
}
