/**
 * `masks`: Fig. 1, 5 and 14 of the paper. Which slices are shown is decided by two rules and not
 * by hand: the one with the largest true area, and among the positive ones that of median
 * agreement (mean Dice of the shown models in the slice).
 *
 * @module
 */

import * as z from "zod";
import { medianRun } from "../../metrics/consecutive.ts";
import { confusion, dice } from "../../metrics/overlap.ts";
import { refused, scoredSplits, truthObstacle } from "../facts.ts";
import type { PanelRecord } from "../records.ts";
import { caseIndex, done, measured, modelKey, splits, whole } from "../schema/parts.ts";
import { defineExperiment } from "./experiment.ts";

const panel = z.object({
  of: z.enum(["models", "overlap"]).describe(
    "The suite's models, or those of the `overlap` experiment that run without overlap.",
  ),
  case: caseIndex,
  rule: z.enum(["largest-area", "median-agreement"]).describe(
    "What chose the slice: largest true area, or median Dice of the positive slices.",
  ),
  slice: whole.describe("The slice."),
  // no path that could lead out of the folder of the results
  file: z.string().regex(/^panels\/[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.png$/).describe(
    "The PNG file, relative to the folder of the results.",
  ),
  models: z.array(z.object({
    model: modelKey,
    dice: measured.describe("Dice in this slice."),
  })).describe("The masks, from left to right."),
}).meta({
  id: "PanelRecord",
  description: "One picture: the slice, the truth, and a mask of each model, from left to right.",
});

const record = z.object({
  status: done,
  splits,
  panels: z.array(panel).describe("One entry a picture."),
}).meta({
  id: "MasksExperiment",
  description: "Pictures of slices: the slice, the truth, and masks over it.",
});

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
export const masks = defineExperiment({
  key: "masks",
  title: "Masks",
  about: "Fig. 1, 5 and 14: pictures of slices, truths and masks.",
  record,
  make(facts) {
    const obstacle = truthObstacle(facts);
    if (obstacle) return refused(obstacle);
    if (facts.panels === null) return refused("pictures are drawn once every model has run");
    if (facts.panels.length === 0) {
      return refused("no model has trained weights, or no scan has foreground in its truth");
    }
    return { status: "done", splits: scoredSplits(facts), panels: facts.panels };
  },
});
