/**
 * Sums as plain loops over channels-last elements, kept in double precision: single precision
 * loses digits over millions of voxels, and the library has no fast primitive for most of them.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import { channelsLastSizes, sharedElements, type Stretch, stretchesOf } from "./stretches.ts";

/** A tensor of single precision with its logical shape. */
export type SingleTensor = readonly [data: Float32Array, dims: Shape];

/** y = the sum of x over the axes on which y has size 1. */
export function sumOver([x, xDims]: SingleTensor, [y, yDims]: SingleTensor): () => void {
  const stretches = stretchesOf(channelsLastSizes(xDims), channelsLastSizes(yDims));
  const sums = new Float64Array(y.length);
  return () => {
    sums.fill(0);
    addUp(x, stretches, sums, 0, 0, 0, x.length);
    y.set(sums);
  };
}

/** Adds `size` elements of x from `from` on to the sums from `to` on. */
function addUp(
  x: Float32Array,
  stretches: readonly Stretch[],
  sums: Float64Array,
  depth: number,
  from: number,
  to: number,
  size: number,
): void {
  if (depth === stretches.length) {
    sums[to] += x[from];
    return;
  }
  const { size: count, shared } = stretches[depth];
  const summed = !shared;
  const part = size / count;
  const rest = stretches.length - depth;
  if (rest === 1 && summed) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += x[from + i];
    sums[to] += sum;
  } else if (rest === 1) {
    for (let i = 0; i < count; i++) sums[to + i] += x[from + i];
  } else if (rest === 2 && summed) {
    addRows(x, from, count, part, sums, to);
  } else {
    const kept = sharedElements(stretches, depth + 1);
    for (let i = 0; i < count; i++) {
      addUp(x, stretches, sums, depth + 1, from + i * part, summed ? to : to + i * kept, part);
    }
  }
}

/** Rows are joined until they have about this many elements: short loops cost more than sums. */
const LONG_ROW = 256;

/** How many rows to see as one. */
function joined(rows: number, width: number): number {
  let factor = Math.max(1, Math.min(rows, Math.floor(LONG_ROW / width)));
  while (rows % factor !== 0) factor--;
  return factor;
}

/** Adds rows of x up, element by element. */
function addRows(
  x: Float32Array,
  from: number,
  rows: number,
  width: number,
  sums: Float64Array,
  to: number,
): void {
  const factor = joined(rows, width);
  const wide = new Float64Array(width * factor);
  const end = from + rows * width;
  for (let at = from; at < end;) {
    for (let k = 0; k < wide.length; k++) wide[k] += x[at++];
  }
  for (let k = 0; k < wide.length; k++) sums[to + k % width] += wide[k];
}
