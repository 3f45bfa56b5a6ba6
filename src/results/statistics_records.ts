/**
 * 3-D against 2-D, as results tell of it.
 *
 * @module
 */

import type { IntervalRecord } from "./measured.ts";
import type { CaseRecord } from "./run_result.ts";

/** Paired comparisons of 3-D with 2-D models on the scored scans. */
export interface StatisticsRecord {
  /** They were made. */
  readonly status: "done";
  /** Splits whose scans they are about. */
  readonly splits: readonly CaseRecord["split"][];
  /** One entry a pair of architectures. */
  readonly pairs: readonly PairRecord[];
}

/**
 * One 3-D architecture against one 2-D one. An architecture may stand in the suite with several
 * weights, from several training seeds: its value of a scan is then the mean over these.
 */
export interface PairRecord {
  /** Keys of the 3-D model, one a training run. */
  readonly solid: readonly string[];
  /** Keys of the 2-D model, one a training run. */
  readonly flat: readonly string[];
  /** Each measure of the family that some scan has, 3-D minus 2-D. */
  readonly comparisons: readonly ComparisonRecord[];
}

/** How one model differs from another in one measure. */
export interface ComparisonRecord {
  /** The measure; `size of` one where the sign says nothing of which is better. */
  readonly measure: string;
  /** Scans where both values are defined: what all numbers here rest on. */
  readonly n: number;
  /** Patients of these scans. */
  readonly patients: number;
  /** Scans left out because a value is undefined. */
  readonly leftOut: number;
  /** Mean over scans of 3-D minus 2-D; null where n is 0. */
  readonly difference: number | null;
  /** BCa interval of the difference, resampled by patient; null where there is none. */
  readonly interval: IntervalRecord | null;
  /** Two-sided Wilcoxon signed-rank p over scans; null where n is 0. */
  readonly p: number | null;
  /** The same, Holm-corrected over the measures of the pair; null where n is 0. */
  readonly pHolm: number | null;
  /** Why something is null. */
  readonly reason?: string;
}
