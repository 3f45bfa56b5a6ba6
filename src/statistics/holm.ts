/**
 * Correction for many tests.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";

/**
 * Holm's step-down correction (1979): p-values of a family of tests, each raised so that the
 * chance of one false finding or more in the whole family stays below the level compared with.
 *
 * @param ps p-values in [0, 1], every test that was made, in any order
 * @returns corrected p-values in the same order, at most 1
 * @throws InputError where one lies outside [0, 1]
 *
 * @example
 * ```ts
 * import { holm } from "./holm.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(holm([0.04, 0.01, 0.5]), [0.08, 0.03, 0.5]);
 * ```
 */
export function holm(ps: readonly number[]): number[] {
  const wrong = ps.find((p) => !(p >= 0 && p <= 1));
  if (wrong !== undefined) throw new InputError(`A p-value lies in [0, 1], not at ${wrong}.`);
  const order = ps.map((_, index) => index).sort((a, b) => ps[a] - ps[b]);
  const corrected = new Array<number>(ps.length);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * ps[index]));
    corrected[index] = largest;
  });
  return corrected;
}
