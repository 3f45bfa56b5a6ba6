/**
 * Student's t distribution for whole degrees of freedom, to about 1e-15.
 *
 * The packages that have it bring 220 others, so it stands here: for whole degrees of freedom it is
 * a finite sum (Abramowitz & Stegun 26.7.3 and 26.7.4).
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { ascending } from "./summary.ts";
import type { Interval } from "./bootstrap.ts";

/**
 * Share of Student's t distribution below t.
 *
 * @param freedom degrees of freedom, a whole number from 1
 *
 * @example
 * ```ts
 * import { studentShare } from "./student_t.ts";
 * import assert from "node:assert/strict";
 * assert.equal(studentShare(0, 5), 0.5);
 * assert.ok(Math.abs(studentShare(1, 1) - 0.75) < 1e-15);
 * ```
 */
export function studentShare(t: number, freedom: number): number {
  if (!(Number.isInteger(freedom) && freedom >= 1)) {
    throw new InputError(`Student's t needs whole degrees of freedom from 1, not ${freedom}.`);
  }
  const angle = Math.atan(Math.abs(t) / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = freedom % 2 === 1;
  // the sum's terms: cos^k times the products of 2/3, 4/5, ... or 1/2, 3/4, ...
  let [term, sum] = odd ? [cosine, 0] : [1, 0];
  for (let k = odd ? 1 : 0; k <= freedom - 2; k += 2) {
    sum += term;
    term *= cosine * cosine * (k + 1) / (k + 2);
  }
  const within = odd ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
  return t < 0 ? (1 - within) / 2 : (1 + within) / 2;
}

/**
 * The t below which a share in (0, 1) of Student's t distribution lies.
 *
 * @example
 * ```ts
 * import { studentQuantile } from "./student_t.ts";
 * import assert from "node:assert/strict";
 * assert.ok(Math.abs(studentQuantile(0.975, 4) - 2.7764451051977987) < 1e-12);
 * ```
 */
export function studentQuantile(share: number, freedom: number): number {
  if (!(share > 0 && share < 1)) throw new InputError(`A share lies in (0, 1), not at ${share}.`);
  if (share < 0.5) return -studentQuantile(1 - share, freedom);
  let [low, high] = [0, 1];
  while (studentShare(high, freedom) < share) [low, high] = [high, high * 2];
  // halve until no double lies between
  for (let t = (low + high) / 2; t > low && t < high; t = (low + high) / 2) {
    if (studentShare(t, freedom) < share) low = t;
    else high = t;
  }
  return high;
}

/** Fewest values that an interval is drawn from: with two it spans a factor of thousands. */
export const FEWEST_UNITS = 3;

/**
 * Student's interval of the middle of positive values that scatter by factors, as times of fresh
 * processes do: that of the mean of their logarithms, taken back.
 *
 * Its width follows the values' own spread, so with few of them it is wide, but holds what it
 * promises; a bootstrap of as few cannot leave their range and is too narrow.
 *
 * @param values one of each independent unit, such as the median of each process
 * @returns null for fewer than three values
 * @throws InputError where one is not above zero
 *
 * @example
 * ```ts
 * import { geometricInterval } from "./student_t.ts";
 * import assert from "node:assert/strict";
 * const { low, high } = geometricInterval([1.0, 1.1, 0.9, 1.05, 0.95])!;
 * assert.ok(low > 0.89 && low < 0.91 && high > 1.09 && high < 1.11);
 * assert.equal(geometricInterval([1, 2]), null);
 * ```
 */
export function geometricInterval(values: readonly number[], level = 0.95): Interval | null {
  if (values.length < FEWEST_UNITS) return null;
  const [least] = ascending(values);
  if (!(least > 0)) throw new InputError(`${least} is not above zero and has no logarithm.`);
  const logs = values.map(Math.log);
  const middle = logs.reduce((sum, one) => sum + one, 0) / logs.length;
  const variance = logs.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (logs.length - 1);
  const reach = studentQuantile((1 + level) / 2, logs.length - 1) *
    Math.sqrt(variance / logs.length);
  return { low: Math.exp(middle - reach), high: Math.exp(middle + reach), level };
}
