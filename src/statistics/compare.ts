/**
 * Two models compared on the same scans.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import type { Interval } from "./bootstrap.ts";
import { holm } from "./holm.ts";
import { meanInterval, type MeanIntervalOptions } from "./mean_interval.ts";
import { mean } from "./summary.ts";
import { wilcoxon } from "./wilcoxon.ts";

/** A measure of two models on the same scans, in the same order; null where undefined. */
export interface PairedMeasure {
  /** Its name, such as `dice`. */
  readonly measure: string;
  /** Value of the first model on each scan. */
  readonly first: readonly (number | null)[];
  /** Value of the second model on each scan. */
  readonly second: readonly (number | null)[];
}

/** How one model differs from another in one measure. */
export interface Comparison {
  /** The measure. */
  readonly measure: string;
  /** Scans where both values are defined: what all numbers here rest on. */
  readonly n: number;
  /** Patients of these scans. */
  readonly patients: number;
  /** Scans left out because a value is undefined. */
  readonly leftOut: number;
  /** Mean over scans of first minus second; null where n is 0. */
  readonly difference: number | null;
  /** BCa interval of the difference, resampled by patient; null where there is none. */
  readonly interval: Interval | null;
  /** Two-sided signed-rank p over scans; null where n is 0. */
  readonly p: number | null;
  /** The same, Holm-corrected over the measures compared together; null where n is 0. */
  readonly pHolm: number | null;
  /** Why something is null. */
  readonly reason?: string;
}

/**
 * Compares two models in a family of measures: mean paired difference, bootstrap interval and
 * Holm-corrected signed-rank test.
 *
 * The interval resamples patients; the test takes each scan as independent, so where a patient
 * has several scans (`patients` < `n`) its p is somewhat too small. Every measure sees the same
 * resamples, so adding one moves no other's interval, though it does raise the corrected p.
 *
 * @param options seed and level of the interval, and the patient of each scan
 * @throws InputError where lists differ in length, a value is not finite, or an option is wrong
 *
 * @example
 * ```ts
 * import { compare } from "./compare.ts";
 * import assert from "node:assert/strict";
 * const [dice] = compare(
 *   [{ measure: "dice", first: [0.8, 0.7, 0.9, null], second: [0.7, 0.5, 0.6, 0.1] }],
 *   { seed: 1, patients: [0, 1, 2, 3] },
 * );
 * assert.equal(dice.difference!.toFixed(6), "0.200000");
 * assert.deepEqual([dice.n, dice.leftOut, dice.p, dice.pHolm], [3, 1, 0.25, 0.25]);
 * ```
 */
export function compare(
  measures: readonly PairedMeasure[],
  options: MeanIntervalOptions,
): Comparison[] {
  const compared = measures.map((measure) => compareOne(measure, options));
  const tested = compared.filter(({ p }) => p !== null);
  const corrected = holm(tested.map(({ p }) => p!));
  return compared.map((one) => {
    const place = tested.indexOf(one);
    return place < 0 ? one : { ...one, pHolm: corrected[place] };
  });
}

function compareOne(
  { measure, first, second }: PairedMeasure,
  options: MeanIntervalOptions,
): Comparison {
  const scans = first.length;
  const patients = options.patients ?? first.map((_, scan) => scan);
  if (second.length !== scans || patients.length !== scans) {
    throw new InputError(
      `${measure}: ${scans} and ${second.length} values of ${patients.length} scans.`,
      { advice: "Pair the values scan by scan." },
    );
  }
  const differences: number[] = [];
  const kept: (number | string)[] = [];
  for (let scan = 0; scan < scans; scan++) {
    const [a, b] = [first[scan], second[scan]];
    if (a === null || b === null) continue;
    differences.push(a - b);
    kept.push(patients[scan]);
  }
  const counts = {
    measure,
    n: kept.length,
    patients: new Set(kept).size,
    leftOut: scans - kept.length,
  };
  if (kept.length === 0) {
    const reason = "no scan has both values";
    return { ...counts, difference: null, interval: null, p: null, pHolm: null, reason };
  }
  return {
    ...counts,
    difference: mean(differences),
    p: wilcoxon(differences).p,
    pHolm: null,
    ...meanInterval(differences, { ...options, patients: kept }),
  };
}
