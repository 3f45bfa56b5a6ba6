/**
 * Wilcoxon's signed-rank test of paired differences.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { normalShare } from "./normal.ts";

/** Up to here every one of the 2^n sign patterns is counted, exactly in double precision. */
const LARGEST_EXACT = 50;

/** Result of a signed-rank test. */
export interface SignedRankTest {
  /** Sum of the ranks of the positive differences, or of the negative ones: the smaller. */
  readonly statistic: number;
  /** Differences that are not zero. */
  readonly n: number;
  /** Two-sided p-value. */
  readonly p: number;
  /** How p was found. */
  readonly method: "exact" | "normal";
}

/**
 * Two-sided test that differences lie symmetrically about zero.
 *
 * Zeros are dropped (Wilcoxon's way), ties share their mean rank. Up to 50 differences p is exact,
 * with ties too: the share of all 2^n sign patterns at least as one-sided. Above, it is the normal
 * approximation with the variance corrected for ties, without continuity correction, as scipy's
 * `wilcoxon` has it. That leaves the exact test earlier: above 13 differences with a tie or zero,
 * and it counts zeros. Where all differences are zero, p is 1. With n differences no p is below
 * 2^(1-n): five can never be significant at 0.05.
 *
 * @throws InputError where there are no differences or one is not finite
 *
 * @example
 * ```ts
 * import { wilcoxon } from "./wilcoxon.ts";
 * import assert from "node:assert/strict";
 * const { statistic, p } = wilcoxon([1, 2, 3, 4, 5, -6]);
 * assert.equal(statistic, 6);
 * assert.equal(p, 0.4375);
 * ```
 */
export function wilcoxon(differences: readonly number[]): SignedRankTest {
  if (differences.length === 0) throw new InputError("A signed-rank test needs a difference.");
  if (!differences.every(Number.isFinite)) {
    throw new InputError("A signed-rank test takes finite differences.", {
      advice: "Leave undefined pairs out, and count them.",
    });
  }
  const kept = differences.filter((difference) => difference !== 0)
    .sort((a, b) => Math.abs(a) - Math.abs(b));
  const { doubled, ties } = rank(kept);
  const n = kept.length;
  const total = n * (n + 1);
  const positive = doubled.reduce((sum, r, index) => kept[index] > 0 ? sum + r : sum, 0);
  const smaller = Math.min(positive, total - positive);
  const exact = n <= LARGEST_EXACT;
  const below = exact
    ? shareOfPatterns(doubled, smaller)
    : normalShare((smaller - total / 2) / 2 / Math.sqrt(variance(n, ties)));
  return {
    statistic: smaller / 2,
    n,
    p: Math.min(1, 2 * below),
    method: exact ? "exact" : "normal",
  };
}

/** Twice the rank of each value, and the size of each group of equal ones. */
function rank(sorted: readonly number[]): { doubled: number[]; ties: number[] } {
  const doubled: number[] = [];
  const ties: number[] = [];
  for (let first = 0; first < sorted.length; first = doubled.length) {
    const size = Math.abs(sorted[first]);
    let end = first + 1;
    while (end < sorted.length && Math.abs(sorted[end]) === size) end++;
    // the ranks first + 1 ... end share their mean; doubled, it is an integer
    for (let i = first; i < end; i++) doubled.push(first + 1 + end);
    ties.push(end - first);
  }
  return { doubled, ties };
}

/** Share of all sign patterns whose positive (doubled) ranks sum to at most `most`. */
function shareOfPatterns(doubled: readonly number[], most: number): number {
  // patterns[s]: sign patterns of the ranks so far whose positive ones sum to s
  const patterns = new Float64Array(most + 1);
  patterns[0] = 1;
  for (const r of doubled) {
    for (let sum = most; sum >= r; sum--) patterns[sum] += patterns[sum - r];
  }
  return patterns.reduce((all, count) => all + count, 0) / 2 ** doubled.length;
}

/** Variance of the statistic if every sign is a fair coin. */
function variance(n: number, ties: readonly number[]): number {
  const lost = ties.reduce((sum, t) => sum + (t ** 3 - t), 0);
  return (n * (n + 1) * (2 * n + 1) - lost / 2) / 24;
}
