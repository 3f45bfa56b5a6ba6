/**
 * Folds of a cross-validation, by patient.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { shuffled } from "../base/shuffled.ts";
import { random } from "../base/random.ts";
import type { Split } from "./manifest.ts";
import type { LoadedCase } from "./manifest_file.ts";

/** How a data set is divided into folds. */
export interface FoldRequest {
  /** How many folds, at least 3. */
  readonly count: number;
  /** Seed of who is in which. */
  readonly seed: number;
}

/**
 * The fold of each case, from 0: patients whose cases are not in the split `test` are dealt out in
 * random order, so that folds differ by one patient at most. Cases of the split `test` are in no
 * fold (null): they are tested always, learned from never.
 *
 * @throws InputError for fewer patients than folds
 */
export function foldsOf(
  cases: readonly Pick<LoadedCase, "patient" | "split">[],
  { count, seed }: FoldRequest,
): (number | null)[] {
  const patients = [...new Set(cases.flatMap((one) => one.split === "test" ? [] : [one.patient]))];
  if (patients.length < count) {
    throw new InputError(`${patients.length} patients are too few for ${count} folds`, {
      advice: "ask for fewer folds; cases of the split test are in none",
    });
  }
  const dealt = shuffled(patients, random(seed, "folds", count));
  return cases.map(({ patient, split }) =>
    split === "test" ? null : dealt.indexOf(patient) % count
  );
}

/**
 * The cases of one fold's training: those of the fold are tested, those of the next one validate,
 * the others are learned from.
 *
 * @param fold from 0
 */
export function casesOfFold<C extends Pick<LoadedCase, "patient" | "split">>(
  cases: readonly C[],
  request: FoldRequest,
  fold: number,
): C[] {
  const folds = foldsOf(cases, request);
  const splitOf = (own: number | null): Split =>
    own === null || own === fold
      ? "test"
      : own === (fold + 1) % request.count
      ? "validation"
      : "train";
  return cases.map((one, i) => ({ ...one, split: splitOf(folds[i]) }));
}
