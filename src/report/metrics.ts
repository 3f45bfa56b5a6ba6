/**
 * How a report names metrics, and what they mean.
 *
 * @module
 */

import { type Metric, METRICS } from "../metrics/mod.ts";
import { metricOfMeasure } from "../results/comparison.ts";
import { type Fold, fold, table } from "./document.ts";

const DIRECTIONS: { readonly [K in Metric["better"]]: string | null } = {
  higher: "higher is better",
  lower: "lower is better",
  zero: "0 is best",
  none: null,
};

/**
 * A metric as readers meet it: with its unit, and which value is best.
 *
 * @example
 * ```ts
 * import { metricTextOf } from "./metrics.ts";
 * import assert from "node:assert/strict";
 * assert.equal(metricTextOf("hd95"), "hd95 (mm, lower is better)");
 * ```
 */
export function metricText(
  { name, unit, better }: Pick<Metric, "name" | "unit" | "better">,
): string {
  const facts = [unit === "1" ? null : unit, DIRECTIONS[better]].filter((fact) => fact !== null);
  return facts.length === 0 ? name : `${name} (${facts.join(", ")})`;
}

/** The metric of a name, so told; the name alone of one that this program does not know. */
export function metricTextOf(name: string): string {
  const metric = METRICS.find((one) => one.name === name);
  return metric ? metricText(metric) : name;
}

/** A measure of a comparison, so told: of sizes the lower one is better. */
export function measureTextOf(measure: string): string {
  const found = metricOfMeasure(measure);
  if (!found) return measure;
  const { metric, sized } = found;
  return metricText({ ...metric, name: measure, better: sized ? "lower" : metric.better });
}

/** What metrics mean, by the beginning of their names; the longest that fits counts. */
const MEANINGS: Readonly<Record<string, string>> = {
  dice: "twice the voxels that both masks have, over the voxels of both: 1 is the same mask",
  iou: "voxels that both masks have, over those that one of them has",
  precision: "share of the predicted voxels that are true",
  recall: "share of the true voxels that are predicted",
  volume_error: "predicted volume less the true one, over the true one",
  hd95: "distance between the surfaces that 95 % of them keep",
  hd95_voxel: "the same between the outer voxels, as MONAI has it",
  surface_dice: "share of both surfaces that lies that close to the other one",
  area_overlap: "of the areas of all slices, the smaller ones over the larger ones",
  area_rmse: "root mean square distance of the normalised area-plots",
  area_mae: "mean distance of the normalised area-plots",
  area_pearson: "correlation of the normalised area-plots",
  area_concordance: "Lin's concordance of the area-plots",
  area_dtw: "distance of the area-plots when each may be stretched by two slices",
  area_lag: "slices by which the predicted area-plot must be moved to fit best",
  total_variation: "how far the area-plot goes up and down in all",
  roughness: "how sharply the area-plot bends from slice to slice",
  flip_rate: "how often foreground begins or ends from one slice to the next",
  holes: "runs of up to three empty slices inside a lesion",
  adjacent_dice: "Dice of each slice with the next one",
  seam_index: "change of area at the borders of stacks over that elsewhere: 1 shows no seam",
};

/**
 * What the metrics of some measures mean, in a fold; nothing of those that are not known.
 *
 * @param name of the table
 */
export function glossary(name: string, measures: readonly string[]): Fold[] {
  const names = new Set(measures.map((one) => one.replace(/^size of /, "")));
  const rows = [...names].flatMap((name) => {
    const key = Object.keys(MEANINGS).filter((one) => name.startsWith(one))
      .sort((a, b) => b.length - a.length)[0];
    return key === undefined ? [] : [[name, MEANINGS[key] + endingOf(name)]];
  });
  return fold(
    "What the measures mean",
    table(name, "The measures", ["measure", "meaning"], rows),
  );
}

/** What is said of a name that has three forms. */
function endingOf(name: string): string {
  if (name.endsWith("_excess")) return "; of the prediction, less that of the truth";
  if (name.endsWith("_truth")) return "; of the truth";
  return name.endsWith("_prediction") ? "; of the prediction" : "";
}
