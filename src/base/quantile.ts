/**
 * Quantiles of sorted numbers.
 *
 * @module
 */

/**
 * Quantile of type 7 (Hyndman and Fan 1996): linear between ranks, NumPy's and R's default.
 *
 * @param sorted at least one number, ascending
 * @param share in [0, 1]: 0.5 for the median
 *
 * @example
 * ```ts
 * import { quantileOfSorted } from "./quantile.ts";
 * import assert from "node:assert/strict";
 * assert.equal(quantileOfSorted([1, 2, 3, 4], 0.25), 1.75);
 * ```
 */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
}
