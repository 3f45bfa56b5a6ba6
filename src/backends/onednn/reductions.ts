/**
 * Sums as plain loops over channels-last elements, kept in double precision: single precision
 * loses digits over millions of voxels, and the library has no fast primitive for most of them.
 *
 * @module
 */

import type { Shape } from "../../base/shapes.ts";
import { channelsLastSizes } from "./loops.ts";

/** A tensor of single precision with its logical shape. */
export type SingleTensor = readonly [data: Float32Array, dims: Shape];

/** Neighbouring axes that are all summed over, or all kept. */
interface Stretch {
  size: number;
  readonly summed: boolean;
}

/** y = the sum of x over the axes on which y has size 1. */
export function sumOver([x, xDims]: SingleTensor, [y, yDims]: SingleTensor): () => void {
  const stretches = stretchesOf(xDims, yDims);
  const sums = new Float64Array(y.length);
  return () => {
    sums.fill(0);
    addUp(x, stretches, sums, 0, 0, 0, x.length);
    y.set(sums);
  };
}

function stretchesOf(xDims: Shape, yDims: Shape): Stretch[] {
  const kept = channelsLastSizes(yDims);
  const stretches: Stretch[] = [];
  channelsLastSizes(xDims).forEach((size, axis) => {
    if (size === 1) return;
    const summed = kept[axis] === 1;
    const last = stretches.at(-1);
    if (last?.summed === summed) last.size *= size;
    else stretches.push({ size, summed });
  });
  return stretches;
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
  const { size: count, summed } = stretches[depth];
  const part = size / count;
  const rest = stretches.length - depth;
  if (rest === 1 && summed) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += x[from + i];
    sums[to] += sum;
  } else if (rest === 1) {
    for (let i = 0; i < count; i++) sums[to + i] += x[from + i];
  } else if (rest === 2 && summed) {
    for (let i = 0, at = from; i < count; i++) {
      for (let k = 0; k < part; k++) sums[to + k] += x[at++];
    }
  } else {
    const kept = stretches.slice(depth + 1)
      .reduce((product, { size, summed }) => product * (summed ? 1 : size), 1);
    for (let i = 0; i < count; i++) {
      addUp(x, stretches, sums, depth + 1, from + i * part, summed ? to : to + i * kept, part);
    }
  }
}

/** Rows of voxels by channels, in groups that share statistics. */
export interface Grouping {
  /** How many groups: samples, or one. */
  readonly groups: number;
  /** Voxels of a group. */
  readonly rows: number;
  /** Channels. */
  readonly channels: number;
}

/** y = the mean of (x - mean)^2 of each group and channel. */
export function varianceOver(
  x: Float32Array,
  mean: Float32Array,
  y: Float32Array,
  { groups, rows, channels }: Grouping,
): () => void {
  const sums = new Float64Array(channels);
  return () => {
    for (let g = 0, at = 0; g < groups; g++) {
      sums.fill(0);
      const first = g * channels;
      for (let row = 0; row < rows; row++) {
        for (let c = 0; c < channels; c++) sums[c] += (x[at++] - mean[first + c]) ** 2;
      }
      for (let c = 0; c < channels; c++) y[first + c] = sums[c] / rows;
    }
  };
}

/** y = the sum over all voxels of dy * (x - mean) / sqrt(variance + epsilon). */
export function scaleGradient(
  [x, mean, variance, dy]: readonly Float32Array[],
  y: Float32Array,
  { groups, rows, channels }: Grouping,
  epsilon: number,
): () => void {
  const sums = new Float64Array(channels);
  const totals = new Float64Array(channels);
  return () => {
    totals.fill(0);
    for (let g = 0, at = 0; g < groups; g++) {
      sums.fill(0);
      const first = g * channels;
      for (let row = 0; row < rows; row++) {
        for (let c = 0; c < channels; c++, at++) sums[c] += dy[at] * (x[at] - mean[first + c]);
      }
      for (let c = 0; c < channels; c++) {
        totals[c] += sums[c] / Math.sqrt(variance[first + c] + epsilon);
      }
    }
    y.set(totals);
  };
}

/** y = the sum of dy * min(x, 0) over everything that shares a slope; y.length slopes in all. */
export function slopeGradient(x: Float32Array, dy: Float32Array, y: Float32Array): () => void {
  const sums = new Float64Array(y.length);
  return () => {
    sums.fill(0);
    for (let at = 0; at < x.length;) {
      for (let i = 0; i < sums.length; i++, at++) if (x[at] < 0) sums[i] += dy[at] * x[at];
    }
    y.set(sums);
  };
}

/** dx = dy at the first channel that has the maximum of its voxel, else 0. */
export function firstMaximum(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
): () => void {
  const channels = x.length / dy.length;
  return () => {
    dx.fill(0);
    for (let v = 0, at = 0; v < dy.length; v++, at += channels) {
      let first = at;
      for (let i = at + 1; i < at + channels; i++) if (x[i] > x[first]) first = i;
      dx[first] = dy[v];
    }
  };
}
