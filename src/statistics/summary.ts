/**
 * Summaries of numbers: mean, median, quantiles and spread.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { quantileOfSorted } from "../base/quantile.ts";

/** A list of numbers in a few. */
export interface Summary {
  /** How many. */
  readonly count: number;
  /** Arithmetic mean. */
  readonly mean: number;
  /** Middle value. */
  readonly median: number;
  /** Standard deviation with n - 1; null where there is one number only. */
  readonly standardDeviation: number | null;
  /** Smallest value. */
  readonly min: number;
  /** Largest value. */
  readonly max: number;
}

/**
 * Summarises numbers.
 *
 * @throws InputError where there are none, or one is not finite
 *
 * @example
 * ```ts
 * import { summarise } from "./summary.ts";
 * import assert from "node:assert/strict";
 * const { mean, median, max } = summarise([1, 2, 6]);
 * assert.deepEqual([mean, median, max], [3, 2, 6]);
 * ```
 */
export function summarise(values: readonly number[]): Summary {
  const sorted = ascending(values);
  return {
    count: sorted.length,
    mean: mean(values),
    median: quantileOfSorted(sorted, 0.5),
    standardDeviation: sorted.length < 2 ? null : standardDeviation(values),
    min: sorted[0],
    max: sorted[sorted.length - 1],
  };
}

/** Arithmetic mean. @throws InputError where there are no numbers or one is not finite */
export function mean(values: readonly number[]): number {
  checkNumbers(values, 1);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Middle value, or the mean of the two. @throws InputError as `mean` does */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Quantile of type 7: linear between ranks, NumPy's and R's default.
 *
 * @param share in [0, 1]: 0.5 for the median
 * @throws InputError where there are no numbers, one is not finite, or the share is out of range
 */
export function quantile(values: readonly number[], share: number): number {
  if (!(share >= 0 && share <= 1)) {
    throw new InputError(`A quantile lies in [0, 1], not at ${share}.`);
  }
  return quantileOfSorted(ascending(values), share);
}

/** Standard deviation with n - 1. @throws InputError where there are fewer than two numbers */
export function standardDeviation(values: readonly number[]): number {
  checkNumbers(values, 2);
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** The numbers in ascending order. @throws InputError as `mean` does */
export function ascending(values: readonly number[]): Float64Array<ArrayBuffer> {
  checkNumbers(values, 1);
  return Float64Array.from(values).sort();
}

function checkNumbers(values: readonly number[], least: number): void {
  if (values.length < least) {
    throw new InputError(`This summary needs ${least} or more numbers, and got ${values.length}.`);
  }
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new InputError(`Number ${wrong} of the list is ${values[wrong]}, which has no summary.`, {
      advice: "Leave undefined values out, and count them.",
    });
  }
}
