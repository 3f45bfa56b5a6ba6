/**
 * How far one curve must be shifted or warped to lie on another.
 *
 * @module
 */

import { constantOnes, type Curve, isConstant, meanOf } from "./curve_similarity.ts";
import { type Measured, measured, undefinedBecause } from "./metric.ts";

/**
 * Dynamic time warping: the least sum of |a_i - b_j| over a path from the first pair of slices to
 * the last, in steps of one slice on a, on b or on both, that never pairs slices more than `band`
 * apart (Sakoe and Chiba 1978, no step weights). The sum is not divided by the path's length.
 *
 * @param a values of the first curve
 * @param b values of the second, of the same length
 * @param band slices, at least 0
 *
 * @example
 * ```ts
 * import { dynamicTimeWarping } from "./curve_alignment.ts";
 * import assert from "node:assert/strict";
 * assert.equal(dynamicTimeWarping([0, 0, 1, 0], [0, 1, 0, 0], 1).value, 0);
 * assert.equal(dynamicTimeWarping([0, 0, 1, 0], [0, 1, 0, 0], 0).value, 2);
 * ```
 */
export function dynamicTimeWarping(a: Curve, b: Curve, band: number): Measured {
  const slices = a.length;
  if (slices === 0) return undefinedBecause("there are no slices");
  let above = new Float64Array(slices).fill(Infinity);
  for (let i = 0; i < slices; i++) {
    const row = new Float64Array(slices).fill(Infinity);
    for (let j = Math.max(0, i - band); j <= Math.min(slices - 1, i + band); j++) {
      const before = Math.min(
        above[j],
        j > 0 ? row[j - 1] : Infinity,
        j > 0 ? above[j - 1] : Infinity,
      );
      row[j] = Math.abs(a[i] - b[j]) + (i === 0 && j === 0 ? 0 : before);
    }
    above = row;
  }
  return measured(above[slices - 1]);
}

/**
 * The shift k with the largest cross-correlation Σ (p_{i+k} - mean p)(t_i - mean t), the sum
 * running over the slices that both have. Positive where the prediction lies further along z than
 * the truth. Of shifts with equal correlation the smallest counts, of k and -k the positive one.
 * Undefined where a curve is constant.
 *
 * @returns slices
 */
export function bestLag(prediction: Curve, truth: Curve): Measured {
  if (isConstant(prediction) || isConstant(truth)) {
    return undefinedBecause(constantOnes(prediction, truth));
  }
  const slices = truth.length;
  const [meanP, meanT] = [meanOf(prediction), meanOf(truth)];
  const spread = (curve: Curve, mean: number) =>
    Math.sqrt(Array.from(curve).reduce((sum, value) => sum + (value - mean) ** 2, 0));
  // Correlations that differ by less are equal but for rounding.
  const rounding = 1e-12 * spread(prediction, meanP) * spread(truth, meanT);
  let best = 0;
  let highest = -Infinity;
  const consider = (lag: number) => {
    let sum = 0;
    for (let i = Math.max(0, -lag); i < Math.min(slices, slices - lag); i++) {
      sum += (prediction[i + lag] - meanP) * (truth[i] - meanT);
    }
    if (sum > highest + rounding) [best, highest] = [lag, sum];
  };
  consider(0);
  for (let lag = 1; lag < slices; lag++) {
    consider(lag);
    consider(-lag);
  }
  return measured(best);
}
