/**
 * `overlap`: §5.5 and Fig. 10-14 of the paper. Models trained on stacks of different overlap, each
 * run with different overlaps; the paper ran all without.
 *
 * @module
 */

import * as z from "zod";
import { AREA_PLOT_METRICS } from "../../metrics/area_plot.ts";
import { CONTINUITY_METRICS } from "../../metrics/continuity_metrics.ts";
import { DICE, PRECISION, RECALL, VOLUME_ERROR } from "../../metrics/overlap.ts";
import { HD95 } from "../../metrics/surface_distance.ts";
import { HD95_VOXEL } from "../../metrics/voxel_distance.ts";
import { refused, scoredCases, scoredScans, scoredSplits, truthObstacle } from "../facts.ts";
import { meanRecords } from "../means.ts";
import { PAPER_OVERLAP } from "../paper.ts";
import { done, means, measured, paperOfIt, splits } from "../schema/parts.ts";
import { pooledDice } from "./dice.ts";
import { defineExperiment } from "./experiment.ts";

const combinationRecord = z.object({
  model: z.string().describe("Key of the model that stands for it."),
  trainedOverlap: z.number().describe(
    "Share of a stack that overlapped the next in training.",
  ),
  inferenceOverlap: z.number().describe("The same in inference; the paper's is 0."),
  pooled: measured.describe("Dice of all voxels of all scans together."),
  means: means.describe(
    "Mean of each measure over the scans where it is defined; per scan: `predictions`.",
  ),
});

const record = z.object({
  status: done,
  paper: paperOfIt,
  splits,
  combinations: z.array(combinationRecord).describe(
    "One entry a model and overlap of inference.",
  ),
}).meta({
  id: "OverlapExperiment",
  description:
    "Models that were trained on stacks of different overlap, each run at different overlaps.",
});

/** Measures of a combination: overlap, area-plots, continuity and seams. */
const MEASURES = [
  ...[DICE, PRECISION, RECALL, VOLUME_ERROR, HD95, HD95_VOXEL],
  ...AREA_PLOT_METRICS,
  ...CONTINUITY_METRICS,
];

/** Dice, area-plots, continuity and seams of every combination of overlaps. */
export const overlap = defineExperiment({
  key: "overlap",
  title: "Overlap",
  about: "§5.5 and Fig. 10-14: models trained and run at several overlaps.",
  record,
  make(facts) {
    const obstacle = truthObstacle(facts);
    if (obstacle) return refused(obstacle);
    if (facts.combinations.length === 0) {
      return refused("the suite names no models that were trained at several overlaps");
    }
    const cases = scoredCases(facts);
    return {
      status: "done",
      paper: PAPER_OVERLAP,
      splits: scoredSplits(facts),
      combinations: facts.combinations.map((combination) => {
        const scans = scoredScans(facts, combination.model, cases);
        return {
          ...combination,
          pooled: pooledDice(scans),
          means: meanRecords(scans, MEASURES, facts),
        };
      }),
    };
  },
});
