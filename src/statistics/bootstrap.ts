/**
 * Seeded bootstrap intervals.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { quantileOfSorted } from "../base/quantile.ts";
import { random } from "../base/random.ts";
import { ascending } from "./summary.ts";

/** An interval around an estimate. */
export interface Interval {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Share of such intervals that are meant to hold the true value: 0.95. */
  readonly level: number;
}

/** How an interval is drawn. */
export interface BootstrapOptions {
  /** Seed of the resampling; the same seed gives the same interval. */
  readonly seed: number;
  /** Number of resamples, 10,000 if not given. */
  readonly resamples?: number;
  /** Level of the interval in (0, 1), 0.95 if not given. */
  readonly level?: number;
}

/**
 * Percentile bootstrap interval of the median, for samples of a timing.
 *
 * It cannot leave the range of the samples, so with few of them it is too narrow.
 *
 * @throws InputError where there are no samples, one is not finite, or an option is out of range
 *
 * @example
 * ```ts
 * import { medianInterval } from "./bootstrap.ts";
 * import assert from "node:assert/strict";
 * const { low, high } = medianInterval([1.1, 1.0, 1.3, 1.2, 1.1], { seed: 1 });
 * assert.ok(low >= 1.0 && low <= 1.1 && high >= 1.1 && high <= 1.3);
 * ```
 */
export function medianInterval(
  samples: readonly number[],
  options: BootstrapOptions,
): Interval {
  const { seed, resamples, level } = checkBootstrap(options);
  const sorted = ascending(samples);
  const stream = random(seed, "bootstrap", "median");
  const resample = new Float64Array(sorted.length);
  const medians = Float64Array.from({ length: resamples }, () => {
    for (let i = 0; i < resample.length; i++) resample[i] = sorted[stream.integer(sorted.length)];
    return quantileOfSorted(resample.sort(), 0.5);
  }).sort();
  return {
    low: quantileOfSorted(medians, (1 - level) / 2),
    high: quantileOfSorted(medians, (1 + level) / 2),
    level,
  };
}

/** The options with their defaults. @throws InputError where one is out of range */
export function checkBootstrap(
  { seed, resamples = 10_000, level = 0.95 }: BootstrapOptions,
): Required<BootstrapOptions> {
  if (!(level > 0 && level < 1)) throw new InputError(`A level lies in (0, 1), not at ${level}.`);
  if (!(Number.isInteger(resamples) && resamples >= 1)) {
    throw new InputError(`${resamples} resamples give no interval.`);
  }
  return { seed, resamples, level };
}
