/**
 * `area_plot`: Fig. 6-8 of the paper.
 *
 * @module
 */

import * as z from "zod";
import { AREA_PLOT_METRICS, normalised } from "../../metrics/area_plot.ts";
import { CONTINUITY_METRICS } from "../../metrics/continuity_metrics.ts";
import { isContiguous } from "../caveats.ts";
import { accuracyObstacle, refused, scoredCases, scoredModels, scoredSplits } from "../facts.ts";
import { meanRecords } from "../means.ts";
import { PAPER_AREA_PLOTS } from "../paper.ts";
import { caseIndex, done, means, modelKey, paperOfIt, splits } from "../schema/parts.ts";
import { defineExperiment } from "./experiment.ts";

const scanRecord = z.object({
  case: caseIndex,
  truth: z.array(z.number()).describe("Normalised areas of the truth."),
  models: z.array(z.object({
    model: modelKey,
    curve: z.array(z.number()).describe("Normalised areas of the prediction."),
  })).describe("One entry a model."),
});

const modelRecord = z.object({
  model: modelKey,
  means: means.describe(
    "Mean of each measure over the scans where it is defined; per scan: `predictions`.",
  ),
});

const record = z.object({
  status: done,
  paper: paperOfIt,
  splits,
  scans: z.array(scanRecord).describe("One entry a scan with truth."),
  models: z.array(modelRecord).describe(
    "Similarity and continuity of each model's curves, as means over scans.",
  ),
}).meta({ id: "AreaPlotExperiment", description: "Area-plots of each scan." });

/** Measures of area-plots: similarity to the truth's, and continuity. */
const MEASURES = [...AREA_PLOT_METRICS, ...CONTINUITY_METRICS];

/** Normalised slice areas of truth and predictions, and how alike they are. */
export const areaPlot = defineExperiment({
  key: "area_plot",
  title: "Area-plots",
  about: "Fig. 6-8: normalised slice areas and how alike they are.",
  record,
  make(facts) {
    const obstacle = accuracyObstacle(facts);
    if (obstacle) return refused(obstacle);
    const models = scoredModels(facts);
    const contiguous = scoredCases(facts).filter(({ caveats }) => isContiguous(caveats));
    if (contiguous.length === 0) return refused("slices are missing in between, in every scan");
    const curve = (pixels: readonly number[]) => Array.from(normalised(pixels));
    return {
      status: "done",
      paper: PAPER_AREA_PLOTS,
      splits: scoredSplits(facts),
      scans: contiguous.map((scan) => ({
        case: scan.index,
        truth: curve(scan.truth.slicePixels),
        models: models.flatMap(({ model, scans }) =>
          scans.filter((one) => one.scan.index === scan.index)
            .map(({ prediction }) => ({ model: model.id, curve: curve(prediction.slicePixels) }))
        ),
      })),
      models: models.map(({ model, scans }) => ({
        model: model.id,
        means: meanRecords(scans, MEASURES, facts),
      })),
    };
  },
});
