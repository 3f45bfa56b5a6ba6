/**
 * `area_plot`: Fig. 6-8 of the paper.
 *
 * @module
 */

import { normalised } from "../../metrics/area_plot.ts";
import type { AreaPlotExperiment, Refused } from "../../results/mod.ts";
import { PAPER_AREA_PLOTS } from "../../results/paper.ts";
import { isContiguous } from "../caveats.ts";
import {
  accuracyObstacle,
  refused,
  type RunFacts,
  scoredCases,
  scoredModels,
  scoredSplits,
} from "./facts.ts";
import { meanRecords } from "./means.ts";

/** Measures of area-plots: similarity to the truth's, and continuity. */
const MEASURES = /^(area|total_variation|roughness|flip_rate|holes|adjacent_dice|seam_index)_/;

/** Normalised slice areas of truth and predictions, and how alike they are. */
export function areaPlot(facts: RunFacts): AreaPlotExperiment | Refused {
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
}
