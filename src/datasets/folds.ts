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

/** What folds go by: who was scanned, where, and what is tested always. */
export type FoldCase = Pick<LoadedCase, "patient" | "split"> & Partial<Pick<LoadedCase, "site">>;

/**
 * The fold of each case, from 0: patients whose cases are not in the split `test` are dealt out
 * site by site, each in random order, so that folds differ by one patient at most, and so do the
 * shares of a site. Cases of the split `test` are in no fold (null): they are tested always, learned
 * from never.
 *
 * @throws InputError for fewer patients than folds
 */
export function foldsOf(
  cases: readonly FoldCase[],
  { count, seed }: FoldRequest,
): (number | null)[] {
  const dealt = cases.filter(({ split }) => split !== "test");
  const sites = Map.groupBy(dealt, ({ site }) => site ?? -1);
  const patients = [...sites.keys()].sort((a, b) => a - b).flatMap((site) => {
    const own = new Set(sites.get(site)!.map(({ patient }) => patient));
    return shuffled(own, random(seed, "folds", count, site));
  });
  const order = [...new Set(patients)];
  if (order.length < count) {
    throw new InputError(`${order.length} patients are too few for ${count} folds`, {
      advice: "ask for fewer folds; cases of the split test are in none",
    });
  }
  return cases.map(({ patient, split }) =>
    split === "test" ? null : order.indexOf(patient) % count
  );
}

/**
 * The cases of one fold's training: those of the fold are tested, those of the fold after the next
 * validate (neighbouring folds may share the patients of a rare site), the others are learned from.
 *
 * @param fold from 0
 */
export function casesOfFold<C extends FoldCase>(
  cases: readonly C[],
  request: FoldRequest,
  fold: number,
): C[] {
  const folds = foldsOf(cases, request);
  const splitOf = (own: number | null): Split =>
    own === null || own === fold
      ? "test"
      : own === (fold + 2) % request.count
      ? "validation"
      : "train";
  return cases.map((one, i) => ({ ...one, split: splitOf(folds[i]) }));
}
