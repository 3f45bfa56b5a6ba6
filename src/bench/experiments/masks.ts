/**
 * `masks`: Fig. 1, 5 and 14 of the paper. Which slices are shown is decided by two rules and not
 * by hand: the one with the largest true area, and among the positive ones that of median
 * agreement (mean Dice of the shown models in the slice).
 *
 * @module
 */

import { medianRun } from "../../metrics/consecutive.ts";
import { confusion, dice } from "../../metrics/overlap.ts";
import type { MasksExperiment, PanelRecord, Refused } from "../../results/mod.ts";
import { refused, type RunFacts, scoredSplits, truthObstacle } from "./facts.ts";

/** A slice, and the rule that chose it. */
export interface ChosenSlice {
  /** The rule. */
  readonly rule: PanelRecord["rule"];
  /** The slice. */
  readonly slice: number;
}

/**
 * The slices of a scan to show; none where its truth is empty. Of equal slices the lower one.
 *
 * @param truth 0 or 1 a voxel, order (z, y, x)
 * @param masks predictions, likewise
 * @param slices of the scan
 *
 * @example
 * ```ts
 * import { chooseSlices } from "./masks.ts";
 * import assert from "node:assert/strict";
 * const truth = Uint8Array.of(0, 0, 1, 0, 1, 1, 1, 0);
 * const mask = Uint8Array.of(1, 1, 0, 0, 1, 1, 1, 1);
 * assert.deepEqual(chooseSlices(truth, [mask], 4), [
 *   { rule: "largest-area", slice: 2 },
 *   { rule: "median-agreement", slice: 3 },
 * ]);
 * ```
 */
export function chooseSlices(
  truth: Uint8Array,
  masks: readonly Uint8Array[],
  slices: number,
): ChosenSlice[] {
  const size = truth.length / slices;
  const positive = Array.from({ length: slices }, (_, slice) => {
    const [from, to] = [slice * size, (slice + 1) * size];
    const area = confusion(truth, truth, from, to).truePositive;
    // defined wherever the truth has foreground
    const agreements = masks.map((mask) => dice(confusion(mask, truth, from, to)).value ?? 0);
    const agreement = agreements.reduce((sum, value) => sum + value, 0) / masks.length;
    return { slice, area, agreement };
  }).filter(({ area }) => area > 0);
  if (positive.length === 0) return [];
  const largest = positive.reduce((most, one) => (one.area > most.area ? one : most));
  const median = positive[medianRun(positive.map(({ agreement }) => agreement))];
  return [
    { rule: "largest-area", slice: largest.slice },
    { rule: "median-agreement", slice: median.slice },
  ];
}

/** The pictures of a run, once they are drawn. */
export function masks(facts: RunFacts): MasksExperiment | Refused {
  const obstacle = truthObstacle(facts);
  if (obstacle) return refused(obstacle);
  if (facts.panels === null) return refused("pictures are drawn once every model has run");
  if (facts.panels.length === 0) {
    return refused("no model has trained weights, or no scan has foreground in its truth");
  }
  return { status: "done", splits: scoredSplits(facts), panels: facts.panels };
}
