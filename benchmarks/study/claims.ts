/**
 * The paper's claims, each held against the study by a rule that was written down beforehand.
 *
 * @module
 */

import { compare, type Comparison } from "../../src/statistics/mod.ts";
import type { CaseRecord } from "../../src/results/mod.ts";
import { type Architecture, bySeed, ofSeeds, overSeeds, sharedSeeds } from "./values.ts";

/** A claim, and what speaks for it. */
export interface Claim {
  /** In words. */
  readonly text: string;
  /** The measure that decides. */
  readonly measure: string;
  /** Whether the size of the measure counts, where both signs are an error. */
  readonly size: boolean;
  /** 1 where more is better, -1 where less is. */
  readonly better: 1 | -1;
}

/** What 3-D is said to do better than 2-D. */
export const CLAIMS: readonly Claim[] = [
  { text: "3-D has the better Dice", measure: "dice", size: false, better: 1 },
  { text: "3-D has the closer area-plots", measure: "area_overlap", size: false, better: 1 },
  {
    text: "3-D masks are continuous (adjacent Dice like the truth's)",
    measure: "adjacent_dice_excess",
    size: true,
    better: -1,
  },
];

/** A verdict, and why. */
export interface Verdict {
  /** The verdict. */
  readonly verdict: "supported" | "not supported" | "undecided";
  /** Why, in one clause. */
  readonly reason: string;
}

/** Seeds and patients that a verdict needs. */
const LEAST = { seeds: 3, patients: 5 } as const;

/**
 * Decides a claim: supported (or not) where the interval by patient of the difference, averaged over
 * seeds, lies on one side of 0 and every seed's own difference does too; else undecided, as with
 * fewer than three seeds or five patients.
 *
 * @param seeds the mean difference of each seed
 */
export function decide(
  { patients, difference, interval }: Pick<Comparison, "patients" | "difference" | "interval">,
  seeds: readonly number[],
  better: 1 | -1,
): Verdict {
  const undecided = (reason: string): Verdict => ({ verdict: "undecided", reason });
  if (patients < LEAST.patients) {
    return undecided(`${patients} of ${LEAST.patients} patients have a value`);
  }
  if (seeds.length < LEAST.seeds) return undecided(`${seeds.length} of ${LEAST.seeds} seeds`);
  if (difference === null || interval === null) return undecided("no interval");
  if (interval.low <= 0 && interval.high >= 0) return undecided("the interval holds 0");
  if (seeds.some((own) => Math.sign(own) !== Math.sign(difference))) {
    return undecided("seeds differ in sign");
  }
  return Math.sign(difference) === better
    ? { verdict: "supported", reason: "interval and seeds agree" }
    : { verdict: "not supported", reason: "interval and seeds say the opposite" };
}

/**
 * How the first architecture differs from the second in a claim's measure, and by seed, over the seeds
 * that both have.
 */
export function contrast(
  { measure, size }: Pick<Claim, "measure" | "size">,
  first: Architecture,
  second: Architecture,
  scans: readonly CaseRecord[],
): { readonly found: Comparison; readonly seeds: readonly number[] } {
  const [a, b] = ofSeeds(sharedSeeds([first, second]), [first, second]);
  const values = (of: Architecture) => scans.map((scan) => overSeeds(of, scan, measure, size));
  const [found] = compare([{ measure, first: values(a), second: values(b) }], {
    seed: 1,
    patients: scans.map(({ patient }) => patient),
  });
  const seeds = [...a.predictions.keys()].map((_, place) => {
    const differences = scans.flatMap((scan) => {
      const [p, q] = [a, b].map((of) => bySeed(of, scan, measure, size)[place]);
      return p === null || q === null ? [] : [p - q];
    });
    return differences.reduce((sum, value) => sum + value, 0) / differences.length;
  });
  return { found, seeds };
}
