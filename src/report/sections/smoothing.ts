/**
 * The smoothing control: is it only smoothness?
 *
 * @module
 */

import type { RunResult, SmoothingExperiment } from "../../results/mod.ts";
import { type Block, table } from "../document.ts";
import { meanOf, measureText } from "../format.ts";
import { modelText } from "../models.ts";

const MEASURES = ["dice", "area_overlap", "area_rmse", "total_variation_excess"]
  .concat("roughness_excess", "flip_rate_excess", "adjacent_dice_excess");

/** 2-D masks before and after a median filter along z, with the 3-D ones beside them. */
export function smoothingSection(
  result: RunResult,
  { window, scans }: SmoothingExperiment,
): Block[] {
  const smoothed = new Set(scans.map(({ case: scan }) => scan));
  const flats = [...new Set(scans.map(({ model }) => model))];
  const solids = result.models.filter(({ dimensions, experiment }) =>
    dimensions === 3 && !experiment
  ).map(({ id }) => id);
  const plain = (model: string) =>
    result.predictions.filter((one) => one.model === model && smoothed.has(one.case))
      .flatMap(({ metrics }) => (metrics ? [metrics] : []));
  const columns = [
    ...flats.flatMap((model) => [
      { title: modelText(result, model), metrics: plain(model) },
      {
        title: `${modelText(result, model)}, smoothed`,
        metrics: scans.filter((one) => one.model === model).map(({ metrics }) => metrics),
      },
    ]),
    ...solids.map((model) => ({ title: modelText(result, model), metrics: plain(model) })),
  ].filter(({ metrics }) => metrics.length > 0);
  const rows = MEASURES.map((name) => [
    name,
    ...columns.map(({ metrics }) =>
      measureText(meanOf(metrics.flatMap((one) => (one[name] ? [one[name]] : []))))
    ),
  ]);
  return table(
    `Smoothing control (ours): 2D masks after a median filter over ${window} slices`,
    ["mean over scans", ...columns.map(({ title }) => title)],
    columns.length > 0 ? rows : [],
  );
}
