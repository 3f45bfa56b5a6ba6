/**
 * What the scanner does to a slice: blur in the slice, correlated noise.
 *
 * @module
 */

import { hash3, normalOf } from "./hash_noise.ts";

/** The two sides of a separable filter: weights around the middle, of odd length. */
export interface Kernel {
  /** Weights across columns. */
  readonly x: Float64Array;
  /** Weights across rows. */
  readonly y: Float64Array;
}

/** Samples of a Gaussian of `sigma` voxels whose sum is 1. */
export function gaussian(sigma: number): Float64Array {
  const half = Math.max(1, Math.ceil(3 * sigma));
  const weights = Float64Array.from(
    { length: 2 * half + 1 },
    (_, index) => Math.exp(-((index - half) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Filters a plane along x, then y; beyond the border the last value goes on. */
export function filterPlane(
  plane: Float32Array,
  rows: number,
  columns: number,
  kernel: Kernel,
): Float32Array {
  const across = filterRows(plane, rows, columns, kernel.x);
  const half = kernel.y.length >> 1;
  const out = new Float32Array(plane.length);
  for (let j = 0; j < rows; j++) {
    for (let tap = -half; tap <= half; tap++) {
      const weight = kernel.y[tap + half];
      const from = Math.min(rows - 1, Math.max(0, j + tap)) * columns;
      const to = j * columns;
      for (let i = 0; i < columns; i++) out[to + i] += weight * across[from + i];
    }
  }
  return out;
}

function filterRows(
  plane: Float32Array,
  rows: number,
  columns: number,
  weights: Float64Array,
): Float32Array {
  const half = weights.length >> 1;
  const padded = new Float64Array(columns + 2 * half);
  const out = new Float32Array(plane.length);
  for (let j = 0; j < rows; j++) {
    const row = j * columns;
    for (let i = -half; i < columns + half; i++) {
      padded[i + half] = plane[row + Math.min(columns - 1, Math.max(0, i))];
    }
    for (let i = 0; i < columns; i++) {
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) sum += weights[tap] * padded[i + tap];
      out[row + i] = sum;
    }
  }
  return out;
}

/**
 * Noise of variance 1 in one slice, correlated over `length` mm: white noise, smoothed, less half
 * of itself smoothed twice as wide. So it has little power at the lowest frequencies, as filtered
 * back projection leaves it.
 */
export function noiseSlice(
  seed: number,
  slice: number,
  rows: number,
  columns: number,
  pixel: readonly [x: number, y: number],
  length: number,
): Float32Array {
  const white = new Float32Array(rows * columns);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      white[j * columns + i] = normalOf(hash3(seed, i, j, slice));
    }
  }
  const narrow = sides(pixel, length);
  const wide = sides(pixel, 2 * length);
  const smooth = filterPlane(white, rows, columns, narrow);
  const smoother = filterPlane(white, rows, columns, wide);
  const gain = 1 / Math.sqrt(
    power(narrow, narrow) - power(narrow, wide) + 0.25 * power(wide, wide),
  );
  return smooth.map((value, index) => gain * (value - 0.5 * smoother[index]));
}

/** The two sides of a Gaussian of a width in mm, at least a third of a voxel. */
function sides(pixel: readonly [x: number, y: number], length: number): Kernel {
  return {
    x: gaussian(Math.max(0.33, length / pixel[0])),
    y: gaussian(Math.max(0.33, length / pixel[1])),
  };
}

/** Sum over the plane of the product of two filters. */
function power(a: Kernel, b: Kernel): number {
  return product(a.x, b.x) * product(a.y, b.y);
}

function product(a: Float64Array, b: Float64Array): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const shift = (long.length - short.length) >> 1;
  return short.reduce((sum, weight, index) => sum + weight * long[index + shift], 0);
}
