/**
 * Fig. 10-13: models trained at several overlaps.
 *
 * @module
 */

import { AREA_OVERLAP, AREA_PEARSON, AREA_RMSE } from "../../metrics/area_plot.ts";
import { CONTINUITY } from "../../metrics/continuity_metrics.ts";
import { DICE } from "../../metrics/overlap.ts";
import type { OverlapExperiment, RunResult } from "../../results/mod.ts";
import { type Block, paragraph, table } from "../document.ts";
import { meanIntervalText, measureText, NOTHING } from "../format.ts";
import { scanText } from "../models.ts";
import { areaPlots } from "../plots/area_plots.ts";

const SHOWN = [
  DICE,
  AREA_OVERLAP,
  AREA_RMSE,
  AREA_PEARSON,
  CONTINUITY.total_variation.excess,
  CONTINUITY.roughness.excess,
  CONTINUITY.seam_index.prediction,
  CONTINUITY.seam_index.truth,
].map(({ name }) => name);

type Combination = OverlapExperiment["combinations"][number];

/** Every combination in a row, and area-plots of each scan as the paper draws them. */
export function overlapSection(result: RunResult, { combinations }: OverlapExperiment): Block[] {
  const rows = combinations.map(({ trainedOverlap, inferenceOverlap, means, pooled }) => [
    String(trainedOverlap),
    String(inferenceOverlap) + (inferenceOverlap === 0 ? " (the paper's)" : ""),
    ...SHOWN.map((name) => (means[name] ? measureText(means[name]) : NOTHING)),
    means[DICE.name] ? meanIntervalText(means[DICE.name]) : NOTHING,
    measureText(pooled),
  ]);
  const columns = ["trained at", "run at", ...SHOWN, `95 %, ${DICE.name}`, `${DICE.name}, pooled`];
  return [
    ...table("Overlap of stacks in training and in inference: means over scans", columns, rows),
    paragraph(
      "The paper runs all its models without overlap and says that more overlap in training brings " +
        "area-plots closer to the truth; it gives plots of one scan, and no numbers. One training " +
        "an overlap cannot separate the overlap from the seed.",
    ),
    ...areaFigures(result, combinations),
  ];
}

function areaFigures(result: RunResult, combinations: readonly Combination[]): Block[] {
  const asInPaper = combinations.filter(({ inferenceOverlap }) => inferenceOverlap === 0);
  const drawn = asInPaper.length > 0 ? asInPaper : combinations;
  return result.dataset.cases.flatMap((scan): Block[] => {
    const curves = drawn.flatMap((one) => {
      const prediction = result.predictions.find(({ model, case: index, metrics }) =>
        model === one.model && index === scan.index && metrics
      );
      if (!prediction) return [];
      return [{ name: curveName(one, drawn), curve: normalised(prediction.slicePixels) }];
    });
    // a model of the suite that stands for a combination has other scans too
    if (!scan.truth || curves.length < drawn.length) return [];
    const truth = { name: "truth", curve: normalised(scan.truth.slicePixels) };
    return [{
      kind: "figure",
      name: `overlap-${scan.index}`,
      caption: `Fig. 10-13: normalised slice areas of ${scanText(result, scan.index)}, models ` +
        "trained at several overlaps",
      specification: areaPlots([truth, ...curves]),
    }];
  });
}

/** Names a curve by what sets it apart. */
function curveName(one: Combination, all: readonly Combination[]): string {
  const twins = all.filter(({ trainedOverlap, inferenceOverlap }) =>
    trainedOverlap === one.trainedOverlap && inferenceOverlap === one.inferenceOverlap
  );
  const training = twins.length > 1 ? `, training ${twins.indexOf(one) + 1}` : "";
  const run = one.inferenceOverlap === 0 ? "" : `, run at ${one.inferenceOverlap}`;
  return `trained at ${one.trainedOverlap}${training}${run}`;
}

/** Areas over the largest; all zero stays zero. */
function normalised(pixels: readonly number[]): number[] {
  const largest = pixels.reduce((most, count) => Math.max(most, count), 0);
  return pixels.map((count) => (largest === 0 ? 0 : count / largest));
}
