/**
 * Fig. 10-13: models trained at several overlaps.
 *
 * @module
 */

import { AREA_OVERLAP, AREA_PEARSON, AREA_RMSE } from "../../metrics/area_plot.ts";
import { CONTINUITY } from "../../metrics/continuity_metrics.ts";
import { DICE } from "../../metrics/overlap.ts";
import type { OverlapExperiment, RunResult } from "../../results/mod.ts";
import { type Block, type Cell, choice, figure, paragraph, table } from "../document.ts";
import { amount, meanInterval, measure, NOTHING } from "../format.ts";
import { scanText } from "../models.ts";
import { areaPlots } from "../plots/area_plots.ts";
import { TRUTH_COLOUR } from "../plots/colours.ts";

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

/** Marks what the paper did. */
const PAPERS = " (the paper's)";

const measureOf = (means: Combination["means"], name: string): Cell =>
  means[name] ? measure(means[name]) : NOTHING;
const intervalOf = (means: Combination["means"], name: string): Cell =>
  means[name] ? meanInterval(means[name]) : NOTHING;

/** Every combination in a row, and area-plots of each scan as the paper draws them. */
export function overlapSection(result: RunResult, { combinations }: OverlapExperiment): Block[] {
  const rows = combinations.map(({ trainedOverlap, inferenceOverlap, means, pooled }): Cell[] => [
    amount(trainedOverlap),
    amount(inferenceOverlap, String(inferenceOverlap) + (inferenceOverlap === 0 ? PAPERS : "")),
    ...SHOWN.slice(0, 1).flatMap((name) => [measureOf(means, name), intervalOf(means, name)]),
    measure(pooled),
    ...SHOWN.slice(1).map((name) => measureOf(means, name)),
  ]);
  const columns = ["trained at", "run at", DICE.name, `95 %, ${DICE.name}`, `${DICE.name}, pooled`]
    .concat(SHOWN.slice(1));
  const caption = "Overlap of stacks in training and in inference: means over scans";
  return [
    ...table("overlap", caption, columns, rows),
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
  const plots = result.dataset.cases.flatMap((scan) => {
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
    const text = scanText(result, scan.index);
    const caption = `Fig. 10-13: normalised slice areas of ${text}, models trained at several ` +
      "overlaps";
    const specification = areaPlots([truth, ...curves], coloursOf(curves));
    return [{ text, blocks: [figure(`overlap-${scan.index}`, caption, specification)] }];
  });
  return choice("scan", plots);
}

/** Blues, the darker the more the stacks of a training overlapped. */
const BLUES = ["#56B4E9", "#0072B2", "#08306B"];

function coloursOf(curves: readonly { readonly name: string }[]): Map<string, string> {
  const colours = curves.map(({ name }, i): [string, string] => [name, BLUES[i % BLUES.length]]);
  return new Map([["truth", TRUTH_COLOUR], ...colours]);
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
