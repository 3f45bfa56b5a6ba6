/**
 * Overlap of two masks, voxel by voxel: Dice, IoU, precision, recall and volume error.
 *
 * @module
 */

import type { MaskPair } from "./mask_pair.ts";
import { type Measured, measured, type Metric, SHARE, undefinedBecause } from "./metric.ts";

/** Voxels of each kind. */
export interface Confusion {
  /** Foreground in both. */
  readonly truePositive: number;
  /** Foreground in the prediction only. */
  readonly falsePositive: number;
  /** Foreground in the truth only. */
  readonly falseNegative: number;
  /** Background in both. */
  readonly trueNegative: number;
}

/**
 * Counts the voxels of each kind, over the whole masks or over voxels [start, end) of them.
 *
 * @example
 * ```ts
 * import { confusion } from "./overlap.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(confusion(Uint8Array.of(1, 1, 0, 0), Uint8Array.of(1, 0, 1, 0)), {
 *   truePositive: 1,
 *   falsePositive: 1,
 *   falseNegative: 1,
 *   trueNegative: 1,
 * });
 * ```
 */
export function confusion(
  prediction: Uint8Array,
  truth: Uint8Array,
  start = 0,
  end: number = truth.length,
): Confusion {
  let both = 0;
  let predicted = 0;
  let real = 0;
  for (let i = start; i < end; i++) {
    both += prediction[i] & truth[i];
    predicted += prediction[i];
    real += truth[i];
  }
  return {
    truePositive: both,
    falsePositive: predicted - both,
    falseNegative: real - both,
    trueNegative: end - start - predicted - real + both,
  };
}

/** The counts of several cases as if they were one. */
export function sumConfusion(counts: readonly Confusion[]): Confusion {
  const sum = (kind: keyof Confusion) => counts.reduce((total, one) => total + one[kind], 0);
  return {
    truePositive: sum("truePositive"),
    falsePositive: sum("falsePositive"),
    falseNegative: sum("falseNegative"),
    trueNegative: sum("trueNegative"),
  };
}

/** Dice = 2|P∩G| / (|P|+|G|), in [0, 1]; undefined where both are empty, 0 where one is. */
export function dice(counts: Confusion): Measured {
  const { truePositive: tp, falsePositive: fp, falseNegative: fn } = counts;
  return ratio(2 * tp, 2 * tp + fp + fn, "prediction and truth are both empty");
}

/**
 * Dice over the voxels of several cases together: a case counts by its size, and one that is
 * empty in truth counts by what was predicted in it.
 */
export function pooledDice(counts: readonly Confusion[]): Measured {
  return dice(sumConfusion(counts));
}

/** IoU = |P∩G| / |P∪G|, in [0, 1]; undefined where both are empty, 0 where one is. */
export function iou(counts: Confusion): Measured {
  const { truePositive: tp, falsePositive: fp, falseNegative: fn } = counts;
  return ratio(tp, tp + fp + fn, "prediction and truth are both empty");
}

/** Precision = |P∩G| / |P|, in [0, 1]; undefined where the prediction is empty. */
export function precision(counts: Confusion): Measured {
  const { truePositive: tp, falsePositive: fp } = counts;
  return ratio(tp, tp + fp, "the prediction is empty");
}

/** Recall (sensitivity) = |P∩G| / |G|, in [0, 1]; undefined where the truth is empty. */
export function recall(counts: Confusion): Measured {
  const { truePositive: tp, falseNegative: fn } = counts;
  return ratio(tp, tp + fn, "the truth is empty");
}

/** Volume error = (|P|-|G|) / |G|, at least -1; undefined where the truth is empty. */
export function volumeError(counts: Confusion): Measured {
  const { truePositive: tp, falsePositive: fp, falseNegative: fn } = counts;
  return ratio(fp - fn, tp + fn, "the truth is empty");
}

function ratio(numerator: number, denominator: number, reasonIfNone: string): Measured {
  return denominator === 0 ? undefinedBecause(reasonIfNone) : measured(numerator / denominator);
}

/** The counts of a pair, computed once. */
export function confusionOf(pair: MaskPair): Confusion {
  return pair.shared(countPair);
}

const countPair = (pair: MaskPair): Confusion => confusion(pair.prediction, pair.truth);

/** A metric that follows from the voxels of each kind. */
export interface CountedMetric extends Metric {
  /** Measures a pair of masks of which the counts are known. */
  ofCounts(counts: Confusion): Measured;
}

const ofCounts = (
  name: string,
  better: Metric["better"],
  measure: (counts: Confusion) => Measured,
  range: Metric["range"] = SHARE,
): CountedMetric => ({
  name,
  unit: "1",
  better,
  range,
  needs: [],
  compute: (pair) => measure(confusionOf(pair)),
  ofCounts: measure,
});

/** Dice. */
export const DICE: CountedMetric = ofCounts("dice", "higher", dice);
/** Intersection over union. */
export const IOU: CountedMetric = ofCounts("iou", "higher", iou);
/** Precision. */
export const PRECISION: CountedMetric = ofCounts("precision", "higher", precision);
/** Recall. */
export const RECALL: CountedMetric = ofCounts("recall", "higher", recall);
/** Volume error, relative to the truth's volume. */
export const VOLUME_ERROR: CountedMetric = ofCounts("volume_error", "zero", volumeError, [
  -1,
  Infinity,
]);

/** The overlap metrics. */
export const OVERLAP_METRICS: readonly CountedMetric[] = [
  DICE,
  IOU,
  PRECISION,
  RECALL,
  VOLUME_ERROR,
];
