/**
 * Putting the probabilities of overlapping stacks together, as they come.
 *
 * Only the slices that later stacks can still change are held: one stack's worth, never a scan's.
 *
 * @module
 */

import { refusal } from "./refusal.ts";
import { type StackWindow, stackWindows } from "./stacks.ts";

/** How overlapping slices count: alike, or less towards the ends of a stack. */
export type Weighting = "mean" | "gaussian";

/** The paper's threshold: a voxel with at least this probability is foreground. */
export const DEFAULT_THRESHOLD = 0.2;

/** The width of the gaussian weighting, as a share of the stack (nnU-Net's value). */
const GAUSSIAN_SIGMA = 1 / 8;

/** Takes a finished slice: its index in the scan, and its probabilities, valid during the call. */
export type SliceSink = (z: number, probabilities: Float32Array<ArrayBuffer>) => void;

/** What a stitcher needs to know. */
export interface StitchOptions {
  /** Slices of the scan. */
  readonly slices: number;
  /** Pixels a slice. */
  readonly plane: number;
  /** Slices a stack. */
  readonly size: number;
  /** Slices two neighbours share; 0 if left out. */
  readonly overlap?: number;
  /** How overlaps count; `mean` if left out. */
  readonly weighting?: Weighting;
}

/**
 * Weight of each slice of a stack: all 1, or a gaussian around its middle, sigma = size / 8.
 *
 * @example
 * ```ts
 * import { stackWeights } from "./stitching.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...stackWeights(3, "mean")], [1, 1, 1]);
 * ```
 */
export function stackWeights(size: number, weighting: Weighting): Float64Array<ArrayBuffer> {
  const sigma = size * GAUSSIAN_SIGMA;
  const middle = (size - 1) / 2;
  return Float64Array.from(
    { length: size },
    (_, slice) => weighting === "mean" ? 1 : Math.exp(-0.5 * ((slice - middle) / sigma) ** 2),
  );
}

/** Averages overlapping stacks slice by slice, and gives each slice out once it is finished. */
export class Stitcher {
  /** The stacks, in the order in which they must be added. */
  readonly stacks: readonly StackWindow[];
  readonly #plane: number;
  readonly #size: number;
  readonly #weights: Float64Array<ArrayBuffer>;
  /** Weighted sums of the slices at work, slice z at z modulo the stack size. */
  readonly #sums: Float32Array<ArrayBuffer>;
  readonly #totals: Float64Array<ArrayBuffer>;
  #next = 0;

  /** Throws an InputError where `stackWindows` does. */
  constructor({ slices, plane, size, overlap = 0, weighting = "mean" }: StitchOptions) {
    this.stacks = stackWindows(slices, size, overlap);
    this.#plane = plane;
    this.#size = size;
    this.#weights = stackWeights(size, weighting);
    // alone and of weight 1, slices pass through
    const passing = overlap === 0 && weighting === "mean";
    this.#sums = new Float32Array(passing ? 0 : size * plane);
    this.#totals = new Float64Array(size);
  }

  /** Whether every stack has been added, and with it every slice given out. */
  get finished(): boolean {
    return this.#next === this.stacks.length;
  }

  /**
   * Adds the probabilities of the next stack and gives out the slices that no later one touches.
   * Slices that no other stack touches are given out as they lie there, without a copy.
   *
   * @param probabilities index slice * stride + pixel; what belongs to padding is not looked at
   * @param stride from one slice to the next; pixels a slice if left out
   */
  add(
    probabilities: Float32Array<ArrayBuffer>,
    sink: SliceSink,
    stride: number = this.#plane,
  ): void {
    const stack = this.stacks[this.#next];
    if (stack === undefined) {
      throw refusal(
        "bad-stacks",
        `All ${this.stacks.length} stacks of the scan are there already.`,
      );
    }
    const used = stack.stop - stack.start;
    if (probabilities.length < (used - 1) * stride + this.#plane) {
      throw refusal(
        "bad-stacks",
        `A stack has ${probabilities.length} probabilities where ${used} slices of ` +
          `${this.#plane} are needed.`,
      );
    }
    this.#next++;
    const settled = this.stacks[this.#next]?.start ?? stack.stop;
    for (let slice = 0; slice < used; slice++) {
      const z = stack.start + slice;
      const values = probabilities.subarray(slice * stride, slice * stride + this.#plane);
      const alone = this.#totals[z % this.#size] === 0 && z < settled;
      if (alone && this.#weights[slice] === 1) sink(z, values);
      else {
        this.#accumulate(z, this.#weights[slice], values);
        if (z < settled) sink(z, this.#finish(z));
      }
    }
  }

  #accumulate(z: number, weight: number, values: Float32Array<ArrayBuffer>): void {
    const sums = this.#slot(z);
    const slot = z % this.#size;
    if (this.#totals[slot] === 0) {
      if (weight === 1) sums.set(values);
      else for (let at = 0; at < sums.length; at++) sums[at] = weight * values[at];
    } else {
      for (let at = 0; at < sums.length; at++) sums[at] += weight * values[at];
    }
    this.#totals[slot] += weight;
  }

  #finish(z: number): Float32Array<ArrayBuffer> {
    const sums = this.#slot(z);
    const slot = z % this.#size;
    const total = this.#totals[slot];
    this.#totals[slot] = 0;
    if (total !== 1) { for (let at = 0; at < sums.length; at++) sums[at] /= total; }
    return sums;
  }

  #slot(z: number): Float32Array<ArrayBuffer> {
    const begin = (z % this.#size) * this.#plane;
    return this.#sums.subarray(begin, begin + this.#plane);
  }
}

/**
 * The mask of probabilities: 1 where p >= threshold (compared as single precision).
 *
 * @param out filled and returned if given, else a new array
 *
 * @example
 * ```ts
 * import { threshold } from "./stitching.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...threshold(Float32Array.of(0.1, 0.2, 0.3))], [0, 1, 1]);
 * ```
 */
export function threshold(
  probabilities: Float32Array<ArrayBuffer>,
  at: number = DEFAULT_THRESHOLD,
  out: Uint8Array<ArrayBuffer> = new Uint8Array(probabilities.length),
): Uint8Array<ArrayBuffer> {
  // 0.2 as float32 is a hair above 0.2: without rounding, equality would hang on that hair.
  const limit = Math.fround(at);
  for (let index = 0; index < probabilities.length; index++) {
    // without a branch: where foreground is scattered, mispredicted ones take six times as long
    out[index] = Number(probabilities[index] >= limit);
  }
  return out;
}
