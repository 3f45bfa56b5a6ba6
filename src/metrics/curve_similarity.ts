/**
 * How alike two curves of one length are: overlap, errors, correlation, concordance.
 *
 * @module
 */

import { type Measured, measured, undefinedBecause } from "./metric.ts";

/** A curve over the slices of a scan, first slice first. */
export type Curve = ArrayLike<number>;

/**
 * Overlap of two curves of non-negative values: Σ min / Σ max, in [0, 1]. Undefined where both are
 * zero throughout.
 *
 * @example
 * ```ts
 * import { curveOverlap } from "./curve_similarity.ts";
 * import assert from "node:assert/strict";
 * assert.equal(curveOverlap([0, 2, 1], [1, 1, 1]).value, 0.5);
 * ```
 */
export function curveOverlap(a: Curve, b: Curve): Measured {
  const shared = sumOver(a, (x, i) => Math.min(x, b[i]));
  const covered = sumOver(a, (x, i) => Math.max(x, b[i]));
  return covered === 0
    ? undefinedBecause("both curves are zero throughout")
    : measured(shared / covered);
}

/** Root of the mean squared difference. */
export function rootMeanSquareError(a: Curve, b: Curve): Measured {
  return overSlices(a, () => Math.sqrt(sumOver(a, (x, i) => (x - b[i]) ** 2) / a.length));
}

/** Mean absolute difference. */
export function meanAbsoluteError(a: Curve, b: Curve): Measured {
  return overSlices(a, () => sumOver(a, (x, i) => Math.abs(x - b[i])) / a.length);
}

/** Pearson's r, in [-1, 1]. Undefined where a curve is constant. */
export function pearson(a: Curve, b: Curve): Measured {
  if (isConstant(a) || isConstant(b)) return undefinedBecause(constantOnes(a, b));
  const { varianceA, varianceB, covariance } = moments(a, b);
  const r = covariance / (Math.sqrt(varianceA) * Math.sqrt(varianceB));
  return measured(Math.min(1, Math.max(-1, r)));
}

/**
 * Lin's concordance: 2 s_ab / (s_a² + s_b² + (mean a - mean b)²) with moments over n (Lin 1989),
 * in [-1, 1]. Unlike Pearson's r it falls where one curve lies higher or is steeper. 0 where one
 * curve is constant; undefined where both are, at one value.
 */
export function concordance(a: Curve, b: Curve): Measured {
  if (isConstant(a) && isConstant(b) && a[0] === b[0] || a.length === 0) {
    return undefinedBecause("both curves are constant, at one value");
  }
  const { meanA, meanB, varianceA, varianceB, covariance } = moments(a, b);
  return measured(2 * covariance / (varianceA + varianceB + (meanA - meanB) ** 2));
}

/** Whether all values are one; true of no values. */
export function isConstant(curve: Curve): boolean {
  for (let i = 1; i < curve.length; i++) if (curve[i] !== curve[0]) return false;
  return true;
}

/** Says which of two curves is constant, where at least one is. */
export function constantOnes(prediction: Curve, truth: Curve): string {
  if (!isConstant(truth)) return "the curve of the prediction is constant";
  return isConstant(prediction)
    ? "the curves of prediction and truth are constant"
    : "the curve of the truth is constant";
}

/** Mean of a curve. */
export function meanOf(curve: Curve): number {
  return sumOver(curve, (value) => value) / curve.length;
}

function moments(a: Curve, b: Curve) {
  const meanA = meanOf(a);
  const meanB = meanOf(b);
  return {
    meanA,
    meanB,
    varianceA: sumOver(a, (x) => (x - meanA) ** 2) / a.length,
    varianceB: sumOver(b, (x) => (x - meanB) ** 2) / b.length,
    covariance: sumOver(a, (x, i) => (x - meanA) * (b[i] - meanB)) / a.length,
  };
}

function overSlices(curve: Curve, compute: () => number): Measured {
  return curve.length === 0 ? undefinedBecause("there are no slices") : measured(compute());
}

function sumOver(curve: Curve, term: (value: number, index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < curve.length; i++) sum += term(curve[i], i);
  return sum;
}
