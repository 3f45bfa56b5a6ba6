/**
 * Bias-corrected and accelerated (BCa) ends of a bootstrap interval.
 *
 * @module
 */

import { quantileOfSorted } from "../base/quantile.ts";
import type { Interval } from "./bootstrap.ts";
import { normalQuantile, normalShare } from "./normal.ts";

/** Differences below this share of the values' size are rounding. */
const ROUNDING = 1e-12;

/** What a bootstrap found out about a statistic. */
export interface Bootstrapped {
  /** The statistic of the data. */
  readonly estimate: number;
  /** The statistic of each resample. */
  readonly replicates: Float64Array;
  /** The statistic without the first unit, without the second, and so on. */
  readonly jackknife: readonly number[];
}

/** An interval, or null with the reason why there is none. */
export interface IntervalOrReason {
  /** The interval. */
  readonly interval: Interval | null;
  /** Why there is none. */
  readonly reason?: string;
}

/**
 * BCa interval (Efron 1987; Efron and Tibshirani 1993, chapter 14): quantiles of the replicates,
 * moved by the bias of their median and by the skewness of the jackknife.
 *
 * Replicates that equal the estimate, but for rounding, count half as smaller and half as larger.
 * There is no interval where all replicates are equal (nothing is known of the spread), or where
 * all lie on one side of the estimate.
 *
 * @param level in (0, 1)
 */
export function bcaInterval(
  { estimate, replicates, jackknife }: Bootstrapped,
  level: number,
): IntervalOrReason {
  const sorted = replicates.toSorted();
  const lowest = sorted[0];
  const highest = sorted[sorted.length - 1];
  const rounding = ROUNDING * Math.max(Math.abs(lowest), Math.abs(highest), Math.abs(estimate));
  if (highest - lowest <= rounding) return { interval: null, reason: "all resamples are equal" };

  const bias = normalQuantile(shareBelow(sorted, estimate, rounding));
  if (!Number.isFinite(bias)) {
    return { interval: null, reason: "all resamples lie on one side of the estimate" };
  }
  const acceleration = accelerationOf(jackknife);
  const end = (share: number) => {
    const moved = bias + normalQuantile(share);
    // past the pole, which only levels very near 1 reach, the end is the outermost replicate
    const room = Math.max(0, 1 - acceleration * moved);
    return quantileOfSorted(sorted, normalShare(bias + moved / room));
  };
  return { interval: { low: end((1 - level) / 2), high: end((1 + level) / 2), level } };
}

/** Share of the replicates that are smaller; equal ones count half. */
function shareBelow(replicates: Float64Array, estimate: number, rounding: number): number {
  let halves = 0;
  for (const replicate of replicates) {
    if (replicate < estimate - rounding) halves += 2;
    else if (replicate <= estimate + rounding) halves += 1;
  }
  return halves / (2 * replicates.length);
}

/** A sixth of the skewness of the statistic, from its jackknife values; 0 where they are equal. */
function accelerationOf(jackknife: readonly number[]): number {
  const centre = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  let squares = 0;
  let cubes = 0;
  for (const value of jackknife) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
