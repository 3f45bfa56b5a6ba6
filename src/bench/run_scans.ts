/**
 * The scans of a run: those that the suite chooses, each with the fold that it is tested in.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { foldsOf, type LoadedCase } from "../datasets/mod.ts";
import type { Suite } from "./suite.ts";

/** A scan of a run. */
export interface RunScan extends LoadedCase {
  /** The fold that it is tested in, from 0; null where it is in none. */
  readonly fold: number | null;
}

/**
 * The scans of a suite. In a cross-validation those that are in a fold count as test scans.
 *
 * @param chosen indices of the scans to take; all if left out
 * @throws InputError when no scan is in the splits of the suite, or a chosen one is not
 */
export function scansOfSuite(
  { splits, folds }: Pick<Suite, "splits" | "folds">,
  cases: readonly LoadedCase[],
  chosen?: readonly number[],
): readonly RunScan[] {
  const tested = folds === null ? cases.map(() => null) : foldsOf(cases, folds);
  const scans = cases.flatMap((one, i): RunScan[] => {
    if (!(splits?.includes(one.split) ?? true)) return [];
    const fold = tested[i];
    return [{ ...one, fold, split: fold === null ? one.split : "test" }];
  });
  if (scans.length === 0) {
    throw new InputError(`no scan of the data set is in the splits ${splits?.join(", ")}`, {
      advice: "name other splits in the suite, or null for all",
    });
  }
  if (chosen === undefined) return scans;
  const absent = chosen.filter((index) => !scans.some((one) => one.index === index));
  if (absent.length > 0) {
    throw new InputError(`the suite has no scan ${absent.join(", ")}`, {
      advice: `choose from ${scans.map(({ index }) => index).join(", ")}`,
    });
  }
  return scans.filter(({ index }) => chosen.includes(index));
}
