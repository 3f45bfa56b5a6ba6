/**
 * Minimal filtering along one axis (S. Winograd, Arithmetic Complexity of Computations, 1980; built
 * after Toom and Cook): m neighbouring outputs of a filter of r taps take m + r - 1 products
 * instead of m * r. A convolution at stride 1 is such a filter along its outermost spatial axis,
 * whose numbers are whole slices and whose products are convolutions of one dimension less.
 *
 * Rounding is relative to all slices of a tile: an output beside much larger inputs loses digits that
 * a direct sum would keep. Where x is not finite, all outputs of the tile are not.
 *
 * @module
 */

import { elements, type Shape } from "../../../../base/shapes.ts";
import type { ConvAttributes } from "../../../../graph/ops/conv.ts";
import { tapsInside } from "../../../../graph/windowed.ts";
import type { DataType } from "../../library/constants.ts";
import { BYTES } from "../../library/layout.ts";
import { foldFactor, multiplications } from "./width_folding.ts";

/**
 * Points at which polynomials are multiplied, the one at infinity aside: the first ones of these.
 * Rounding, over taps of 64 channels, is that of a direct sum times 1.7 with 6 products of 3 taps,
 * 2.8 with 8 of 3, 1.5 with 6 of 5, and 2.2 with 8 of 5.
 */
const POINTS: readonly number[] = [0, 1, -1, 0.5, -2, -0.5, 2];

/** Which product a constant may be added to so that every output has it: the point 1. */
export const CONSTANT_PRODUCT = POINTS.indexOf(1);

/** Rows of numbers. */
type Matrix = readonly (readonly number[])[];

/** y = output ((kernel g) * (input d)), for m outputs y, r taps g and m + r - 1 inputs d. */
export interface Filtering {
  /** m: outputs of a tile. */
  readonly outputs: number;
  /** m + r - 1: products of a tile, and inputs. */
  readonly products: number;
  /** What each product takes of the inputs: products x (m + r - 1). */
  readonly input: Matrix;
  /** What each product takes of the taps: products x r. */
  readonly kernel: Matrix;
  /** What each output takes of the products: m x products. */
  readonly output: Matrix;
}

/**
 * The matrices for a filter.
 *
 * @param taps r: 2 or more
 * @param products m + r - 1: more than taps, at most 8
 *
 * @example
 * ```ts
 * import { filtering } from "./winograd.ts";
 * import assert from "node:assert/strict";
 * assert.equal(filtering(3, 6).outputs, 4); // instead of 12 products
 * ```
 */
export function filtering(taps: number, products: number): Filtering {
  const outputs = products - taps + 1;
  const points = POINTS.slice(0, products - 1);
  const powers = (point: number, count: number) =>
    Array.from({ length: count }, (_, i) => point ** i);
  const last = (count: number) => Array.from({ length: count }, (_, i) => i === count - 1 ? 1 : 0);
  const columns = [...points.map((point) => powers(point, outputs)), last(outputs)];
  return {
    outputs,
    products,
    input: [
      ...points.map((point) => [...polynomial(points.filter((other) => other !== point)), 0]),
      polynomial(points),
    ],
    kernel: [
      ...points.map((point) => {
        const scale = points.reduce(
          (all, other) => other === point ? all : all * (point - other),
          1,
        );
        return powers(point, taps).map((power) => power / scale);
      }),
      last(taps),
    ],
    output: Array.from({ length: outputs }, (_, i) => columns.map((column) => column[i])),
  };
}

/** Coefficients, constant first, of the monic polynomial with these roots. */
function polynomial(roots: readonly number[]): number[] {
  return roots.reduce<number[]>(
    (product, root) => [0, ...product].map((high, i) => high - root * (product[i] ?? 0)),
    [1],
  );
}

/** A convolution in tiles along its outermost spatial axis. */
export interface Tiling {
  /** Element type that products are made of; their sums are in single precision. */
  readonly type: DataType;
  readonly filtering: Filtering;
  /** Tiles of one sample; the last may have fewer outputs. */
  readonly tiles: number;
  /** Tiles that are worked on at a time; divides them. */
  readonly block: number;
  /** Lines of the next axis that are worked on at a time; divides them. */
  readonly lines: number;
  /** Multiplications and additions saved along a line of slices, less what moving and calls cost. */
  readonly gain: number;
}

/**
 * Multiplications and additions that must be saved for each number that is written and read again:
 * a core does about so many in the time that this takes. Measured on Zen 4: 3x3 with 16 channels
 * takes 0.9 of the time of a direct one at 512x512 (46), and as long at 256x256 (39). In bf16 a core
 * does twice as many, and numbers take between half and all of the bytes: at 256x256 32 channels take
 * 1.04 of the time (82), and 32 to 64 channels 0.9 (106).
 */
const WORTHWHILE: Readonly<Record<DataType, number>> = { f32: 43, bf16: 90 };

/** Numbers that are written and read again in the time that it takes to call the library. */
const CALL = 3600;

/**
 * Weights for each number of input and output: those of all products take 1.2 to 2 times the memory
 * of the direct ones, which must not outweigh what is gained. Measured: 3x3 of 512 channels at 16x16
 * (9 of them) take 0.6 of the time.
 */
const MOST_WEIGHTS = 16;

/**
 * Elements of output in a piece of work, so that what it is made of stays in a cache: of images (2
 * axes) and of volumes (3). Measured on Zen 4: half or twice as many take up to 1.05 of the time.
 */
const PIECE: Readonly<Record<number, number>> = { 2: 1 << 16, 3: 1 << 17 };

/** Elements that the products of a piece take of the input, where it is more than one tile. */
const TAKEN = 1 << 19;

/**
 * Bytes of weights above which each piece has to fetch them from memory again. Pieces take up to as
 * much as the weights then, which leaves few of them, or one that the library divides: 0.85 to 0.93
 * of the time (Zen 4 with 32 MB of L3).
 */
const CACHED_WEIGHTS = 1 << 23;

/** Products of a tile that are tried for so many taps. */
const TRIED: Readonly<Record<DataType, Readonly<Record<number, readonly number[]>>>> = {
  f32: { 3: [6, 8], 5: [8, 6] },
  // in bf16, of what is taken and of weights: 3e-3 of the result with 4 products of 3 taps, 6e-3 with
  // 6 of 3, 7e-3 with 6 of 5, 1e-2 with 8 of 5, where a direct one is off by 2e-3; 8 of 3 (1e-2) take
  // 0.96 of the time of 6 and make the outputs of a U-Net one and a half times as wrong
  bf16: { 3: [6], 5: [8, 6] },
};

/** Channels below which the library is no faster in bf16 than in single precision. */
const FEW = 8;

/**
 * How to tile a convolution; undefined where it is as well done directly.
 *
 * @param x shape of the input
 * @param y shape of the output
 * @param type of input and output
 */
export function tilingOf(
  x: Shape,
  y: Shape,
  attributes: ConvAttributes,
  type: DataType,
): Tiling | undefined {
  const { kernel, stride, groups } = attributes;
  const [taps] = kernel;
  if (groups !== 1 || stride.some((step) => step !== 1)) return undefined;
  if (!(kernel.length in PIECE)) return undefined;
  // a tile or a strip that lies beyond the edge would take nothing of the input
  const pads = [attributes.padBefore, attributes.padAfter];
  if (pads.some((pad) => pad.some((zeros, axis) => zeros >= kernel[axis]))) return undefined;
  return (TRIED[type][taps] ?? [])
    .map((products) => tilingBy(filtering(taps, products), x, y, attributes, type))
    .filter((found) => found !== undefined)
    .filter(({ gain }) => gain > 0)
    .toSorted((one, other) => other.gain - one.gain)
    .at(0);
}

/** The tiling by these matrices; undefined where weights outweigh what is gained. */
function tilingBy(
  found: Filtering,
  x: Shape,
  y: Shape,
  attributes: ConvAttributes,
  type: DataType,
): Tiling | undefined {
  const { kernel } = attributes;
  const { outputs, products } = found;
  const [taps] = kernel;
  const weights = x[1] * y[1] * elements(kernel);
  if (weights > MOST_WEIGHTS * (elements(x) + elements(y)) / x[0]) return undefined;
  const tiles = Math.ceil(y[2] / outputs);
  const made = x[1] * foldFactor(x, y, attributes) < FEW ? "f32" : type;
  const taken = products * x[1] * elements(x.slice(3)); // of a tile
  const given = outputs * y[1] * elements(y.slice(3));
  const used = weights / taps * products; // by all products
  const most = used * BYTES[made] > CACHED_WEIGHTS
    ? used / taken
    : Math.min(TAKEN / taken, PIECE[kernel.length] / given);
  const block = divisor(tiles, most);
  // an image's lines are single columns
  const lines = y.length > 4 ? divisor(y[3], y[3] * most) : y[3];
  const saved = tapsInside(x[2], y[2], 0, attributes) - products * tiles; // products of slices
  const work = 2 * multiplications(x, y, attributes) / taps;
  // strips share lines of input
  const halo = lines === y[3] ? 1 : (lines + kernel[1] - 1) / lines;
  const calls = tiles * (1 + (products + 1) / block) * y[3] / lines;
  const moved = (x[1] * halo + y[1]) * products * tiles + CALL * calls / elements(x.slice(3));
  const gain = saved * work - WORTHWHILE[made] * moved;
  return { type: made, filtering: found, tiles, block, lines, gain };
}

/** The largest divisor of a number that is at most another. */
function divisor(whole: number, most: number): number {
  let part = Math.min(whole, Math.max(1, Math.floor(most)));
  while (whole % part !== 0) part--;
  return part;
}

/**
 * The weights of a product.
 *
 * @param weights (O, C, taps, ...rest), the last axis fastest
 * @param shares what the product takes of the taps
 * @param made is written: (O, C, 1, ...rest)
 */
export function productWeights(
  weights: Float32Array,
  [, , taps, ...rest]: Shape,
  shares: readonly number[],
  made: Float32Array,
): void {
  const size = elements(rest);
  for (let to = 0, from = 0; to < made.length; to += size, from += taps * size) {
    for (let at = 0; at < size; at++) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += shares[tap] * weights[from + tap * size + at];
      made[to + at] = sum;
    }
  }
}
