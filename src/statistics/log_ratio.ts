/**
 * How much longer one thing takes than another, from independent units that scatter by factors.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import type { Interval } from "./bootstrap.ts";
import { FEWEST_UNITS, studentQuantile } from "./student_t.ts";

/** A ratio of times. */
export interface TimeRatio {
  /** Geometric mean of the new times over that of the base's: below 1 where the new is faster. */
  readonly ratio: number;
  /** Welch's interval, on a logarithmic scale; null where a side has fewer than three units. */
  readonly interval: Interval | null;
  /**
   * The smallest ratio above 1 that as many units would find in four of five comparisons; null as
   * the interval.
   */
  readonly detectable: number | null;
  /** Standard error of the ratio's logarithm; null as the interval. */
  readonly error: number | null;
  /** Degrees of freedom, rounded down; null as the interval. */
  readonly freedom: number | null;
}

/** Share of comparisons in which a difference of the detectable size is found. */
const POWER = 0.8;

/**
 * The ratio of two lists of positive times.
 *
 * @param base a time of each unit, such as the median of each process
 * @param other the same of what is compared with it
 * @throws InputError where a list is empty or a time is not above zero
 *
 * @example
 * ```ts
 * import { timeRatio } from "./log_ratio.ts";
 * import assert from "node:assert/strict";
 * const { ratio, interval } = timeRatio([1, 1.1, 0.9], [2, 2.2, 1.8]);
 * assert.ok(Math.abs(ratio - 2) < 1e-12);
 * assert.ok(interval!.low > 1.5 && interval!.high < 2.6);
 * ```
 */
export function timeRatio(
  base: readonly number[],
  other: readonly number[],
  level = 0.95,
): TimeRatio {
  const [a, b] = [logs(base), logs(other)];
  const ratio = Math.exp(b.mean - a.mean);
  if (Math.min(base.length, other.length) < FEWEST_UNITS) {
    return { ratio, interval: null, detectable: null, error: null, freedom: null };
  }
  const [va, vb] = [a.variance / base.length, b.variance / other.length];
  const error = Math.sqrt(va + vb);
  // Welch and Satterthwaite; where neither side scatters at all, any will do
  const freedom = error === 0 ? base.length + other.length - 2 : Math.max(
    1,
    Math.floor((va + vb) ** 2 / (va ** 2 / (base.length - 1) + vb ** 2 / (other.length - 1))),
  );
  return { ratio, error, freedom, ...spread(ratio, error, freedom, level) };
}

/**
 * The ratio that several have in common: their geometric mean.
 *
 * @throws InputError where there are none
 */
export function commonRatio(ratios: readonly TimeRatio[], level = 0.95): TimeRatio {
  if (ratios.length === 0) throw new InputError("no ratio has nothing in common");
  const ratio = Math.exp(
    ratios.reduce((sum, one) => sum + Math.log(one.ratio), 0) / ratios.length,
  );
  if (ratios.some(({ error }) => error === null)) {
    return { ratio, interval: null, detectable: null, error: null, freedom: null };
  }
  const error = Math.sqrt(ratios.reduce((sum, one) => sum + one.error! ** 2, 0)) / ratios.length;
  // Welch and Satterthwaite again, now of the ratios' own errors
  const squares = ratios.reduce((sum, one) => sum + one.error! ** 4 / one.freedom!, 0);
  const freedom = error === 0
    ? ratios.reduce((sum, one) => sum + one.freedom!, 0)
    : Math.max(1, Math.floor((error * ratios.length) ** 4 / squares));
  return { ratio, error, freedom, ...spread(ratio, error, freedom, level) };
}

function spread(
  ratio: number,
  error: number,
  freedom: number,
  level: number,
): Pick<TimeRatio, "interval" | "detectable"> {
  const reach = studentQuantile((1 + level) / 2, freedom);
  return {
    interval: {
      low: ratio * Math.exp(-reach * error),
      high: ratio * Math.exp(reach * error),
      level,
    },
    detectable: Math.exp((reach + studentQuantile(POWER, freedom)) * error),
  };
}

function logs(times: readonly number[]): { readonly mean: number; readonly variance: number } {
  if (times.length === 0 || !times.every((time) => time > 0 && Number.isFinite(time))) {
    throw new InputError(`${times.join(", ") || "nothing"} are no times to compare`);
  }
  const all = times.map(Math.log);
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  const squares = all.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return { mean, variance: all.length > 1 ? squares / (all.length - 1) : 0 };
}
