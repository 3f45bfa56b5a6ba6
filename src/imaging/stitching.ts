/**
 * Putting the probabilities of overlapping stacks together, as they come.
 *
 * Only the slices that later stacks can still change are held: one stack's worth, never a scan's.
 *
 * @module
 */

import { NumericalError } from "../base/errors.ts";
import { refusal } from "./refusal.ts";
import { type Filling, slicesOf, type StackWindow, stackWindows } from "./stacks.ts";

/** How overlapping slices may count: alike, or less towards the ends of a stack. */
export const WEIGHTINGS = ["mean", "gaussian"] as const;

/** How overlapping slices count. */
export type Weighting = typeof WEIGHTINGS[number];

/** How they count where nothing is said. */
export const DEFAULT_WEIGHTING: Weighting = "mean";

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
  /** What fills stacks that reach past the end of the scan; zeros if left out. */
  readonly filling?: Filling;
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

/** What a place of a stack adds to a slice of the scan. */
export interface SliceShare {
  /** How much it counts. */
  readonly weight: number;
  /** Whether no place before has this slice of the scan. */
  readonly first: boolean;
  /** The sum of all weights where no place behind has it; 0 where one has. */
  readonly total: number;
}

/**
 * What each place of each stack adds; in every stack, the slices that it finishes come first.
 *
 * @example
 * ```ts
 * import { sliceShares } from "./stitching.ts";
 * import assert from "node:assert/strict";
 * const [, second] = sliceShares([{ start: 0, stop: 2, padded: 0 }, { start: 1, stop: 3, padded: 0 }],
 *   Float64Array.of(1, 1));
 * assert.deepEqual(second, [{ weight: 1, first: false, total: 2 },
 *   { weight: 1, first: true, total: 1 }]);
 * ```
 */
export function sliceShares(
  stacks: readonly StackWindow[],
  weights: Float64Array<ArrayBuffer>,
): SliceShare[][] {
  const totals = new Map<number, number>();
  return stacks.map((stack, index) => {
    const settled = stacks[index + 1]?.start ?? stack.stop;
    return slicesOf(stack).map((z, place, slices) => {
      const before = totals.get(z);
      const total = (before ?? 0) + weights[place];
      totals.set(z, total);
      return {
        weight: weights[place],
        first: before === undefined,
        total: z < settled && z !== slices[place + 1] ? total : 0,
      };
    });
  });
}

/** Averages overlapping stacks slice by slice, and gives each slice out once it is finished. */
export class Stitcher {
  /** The stacks, in the order in which they must be added. */
  readonly stacks: readonly StackWindow[];
  readonly #plane: number;
  readonly #size: number;
  readonly #shares: readonly (readonly SliceShare[])[];
  /** Weighted sums of the slices at work, slice z at z modulo the stack size. */
  readonly #sums: Float32Array<ArrayBuffer>;
  #next = 0;

  /** Throws an InputError where `stackWindows` does. */
  constructor({ slices, plane, size, overlap = 0, weighting = "mean", filling }: StitchOptions) {
    this.stacks = stackWindows(slices, size, overlap, filling);
    this.#plane = plane;
    this.#size = size;
    this.#shares = sliceShares(this.stacks, stackWeights(size, weighting));
    const passing = this.#shares.flat().every(({ first, total }) => first && total === 1);
    this.#sums = new Float32Array(passing ? 0 : size * plane);
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
    const slices = slicesOf(stack);
    const used = slices.length;
    if (probabilities.length < (used - 1) * stride + this.#plane) {
      throw refusal(
        "bad-stacks",
        `A stack has ${probabilities.length} probabilities where ${used} slices of ` +
          `${this.#plane} are needed.`,
      );
    }
    this.#shares[this.#next++].forEach((share, place) => {
      const z = slices[place];
      const values = probabilities.subarray(place * stride, place * stride + this.#plane);
      if (share.first && share.total === 1) return sink(z, values);
      const sums = this.#accumulate(z, share, values);
      if (share.total > 0) sink(z, sums);
    });
  }

  /** The weighted sum of a slice, and its mean once it is finished. */
  #accumulate(
    z: number,
    { weight, first, total }: SliceShare,
    values: Float32Array<ArrayBuffer>,
  ): Float32Array<ArrayBuffer> {
    const begin = (z % this.#size) * this.#plane;
    const sums = this.#sums.subarray(begin, begin + this.#plane);
    if (first) {
      if (weight === 1) sums.set(values);
      else for (let at = 0; at < sums.length; at++) sums[at] = weight * values[at];
    } else {
      for (let at = 0; at < sums.length; at++) sums[at] += weight * values[at];
    }
    if (total > 0 && total !== 1) { for (let at = 0; at < sums.length; at++) sums[at] /= total; }
    return sums;
  }
}

/**
 * The mask of probabilities: 1 where p >= threshold (compared as single precision).
 *
 * @param out filled and returned if given, else a new array
 * @throws NumericalError where one of them is NaN or infinite, which would be background in silence
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
  // 0, and NaN as soon as anything is not finite
  let poison = 0;
  for (let index = 0; index < probabilities.length; index++) {
    const value = probabilities[index];
    // without a branch: where foreground is scattered, mispredicted ones take six times as long
    out[index] = Number(value >= limit);
    poison += value - value;
  }
  if (poison !== 0) throw notFinite(probabilities);
  return out;
}

function notFinite(probabilities: Float32Array): NumericalError {
  const bad = probabilities.filter((value) => !Number.isFinite(value));
  return new NumericalError(
    `${bad.length} of ${probabilities.length} probabilities of a slice are not finite (${bad[0]})`,
    {
      advice: "the network overflows on this scan or its weights are damaged: try --precision " +
        "fp32, and look at the weights",
    },
  );
}
