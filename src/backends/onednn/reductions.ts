/**
 * Sums as plain loops over channels-last elements, kept in double precision: single precision
 * loses digits over millions of voxels, and the library has no fast primitive for most of them.
 *
 * @module
 */

import type { Shape } from "../../base/shapes.ts";
import { channelsLastSizes, sharedElements, type Stretch, stretchesOf } from "./loops.ts";

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
  const wide = joined(rows, channels) * channels;
  const centre = new Float32Array(wide);
  const sums = new Float64Array(wide);
  return () => {
    for (let g = 0, at = 0; g < groups; g++) {
      const first = g * channels;
      const end = at + rows * channels;
      for (let k = 0; k < wide; k++) centre[k] = mean[first + k % channels];
      sums.fill(0);
      while (at < end) {
        for (let k = 0; k < wide; k++) {
          const deviation = x[at++] - centre[k];
          sums[k] += deviation * deviation;
        }
      }
      for (let k = channels; k < wide; k++) sums[k % channels] += sums[k];
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
  const wide = joined(rows, channels) * channels;
  const centre = new Float32Array(wide);
  const sums = new Float64Array(wide);
  const totals = new Float64Array(channels);
  return () => {
    totals.fill(0);
    for (let g = 0, at = 0; g < groups; g++) {
      const first = g * channels;
      const end = at + rows * channels;
      for (let k = 0; k < wide; k++) centre[k] = mean[first + k % channels];
      sums.fill(0);
      while (at < end) {
        for (let k = 0; k < wide; k++, at++) sums[k] += dy[at] * (x[at] - centre[k]);
      }
      for (let k = 0; k < wide; k++) {
        totals[k % channels] += sums[k] / Math.sqrt(variance[first + k % channels] + epsilon);
      }
    }
    y.set(totals);
  };
}

/**
 * dx = gamma * r * (dy - mean of dy - h * mean of dy * h), with r = 1 / sqrt(variance + epsilon) and
 * h = (x - mean) * r.
 */
export function normalisedGradient(
  [x, mean, variance, dy]: readonly Float32Array[],
  gamma: Float32Array,
  dx: Float32Array,
  { groups, rows, channels }: Grouping,
  epsilon: number,
): () => void {
  const wide = joined(rows, channels) * channels;
  const centre = new Float32Array(wide);
  const [plain, weighted, ofDy, ofX, rest] = [0, 1, 2, 3, 4].map(() => new Float64Array(wide));
  return () => {
    for (let g = 0, start = 0; g < groups; g++) {
      const first = g * channels;
      const end = start + rows * channels;
      for (let k = 0; k < wide; k++) centre[k] = mean[first + k % channels];
      plain.fill(0);
      weighted.fill(0);
      for (let at = start; at < end;) {
        for (let k = 0; k < wide; k++, at++) {
          plain[k] += dy[at];
          weighted[k] += dy[at] * (x[at] - centre[k]);
        }
      }
      for (let k = channels; k < wide; k++) {
        plain[k % channels] += plain[k];
        weighted[k % channels] += weighted[k];
      }
      for (let k = 0; k < wide; k++) {
        const c = k % channels;
        const spread = variance[first + c] + epsilon;
        ofDy[k] = gamma[c] / Math.sqrt(spread);
        ofX[k] = -ofDy[k] / spread * weighted[c] / rows;
        rest[k] = -ofDy[k] * plain[c] / rows;
      }
      for (let at = start; at < end;) {
        for (let k = 0; k < wide; k++, at++) {
          dx[at] = ofDy[k] * dy[at] + ofX[k] * (x[at] - centre[k]) + rest[k];
        }
      }
      start = end;
    }
  };
}

/** y = the sum of dy * min(x, 0) over everything that shares a slope; y.length slopes in all. */
export function slopeGradient(x: Float32Array, dy: Float32Array, y: Float32Array): () => void {
  const slopes = y.length;
  const sums = new Float64Array(joined(x.length / slopes, slopes) * slopes);
  return () => {
    sums.fill(0);
    for (let at = 0; at < x.length;) {
      // no branch: whether x is negative is as good as random
      for (let k = 0; k < sums.length; k++, at++) sums[k] += dy[at] * Math.min(x[at], 0);
    }
    for (let k = slopes; k < sums.length; k++) sums[k % slopes] += sums[k];
    for (let k = 0; k < slopes; k++) y[k] = sums[k];
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
