/**
 * The smoothing control: is it only smoothness?
 *
 * @module
 */

import { AREA_OVERLAP, AREA_RMSE } from "../../metrics/area_plot.ts";
import { CONTINUITY } from "../../metrics/continuity_metrics.ts";
import { DICE } from "../../metrics/overlap.ts";
import type { RunResult, SmoothingExperiment } from "../../results/mod.ts";
import { type Block, table } from "../document.ts";
import { meanOf, measure } from "../format.ts";
import { metricText } from "../metrics.ts";
import { modelText } from "../models.ts";

const SHOWN = [
  DICE,
  AREA_OVERLAP,
  AREA_RMSE,
  CONTINUITY.total_variation.excess,
  CONTINUITY.roughness.excess,
  CONTINUITY.flip_rate.excess,
  CONTINUITY.adjacent_dice.excess,
];

/** 2-D masks before and after a median filter along z, with the 3-D ones beside them. */
export function smoothingSection(
  result: RunResult,
  { window, scans }: SmoothingExperiment,
): Block[] {
  const smoothed = new Set(scans.map(({ case: scan }) => scan));
  const planar = [...new Set(scans.map(({ model }) => model))];
  const volumetric = result.models.filter(({ dimensions, experiment }) =>
    dimensions === 3 && !experiment
  ).map(({ id }) => id);
  const plain = (model: string) =>
    result.predictions.filter((one) => one.model === model && smoothed.has(one.case))
      .flatMap(({ metrics }) => (metrics ? [metrics] : []));
  const columns = [
    ...planar.flatMap((model) => [
      { title: modelText(result, model), metrics: plain(model) },
      {
        title: `${modelText(result, model)}, smoothed`,
        metrics: scans.filter((one) => one.model === model).map(({ metrics }) => metrics),
      },
    ]),
    ...volumetric.map((model) => ({ title: modelText(result, model), metrics: plain(model) })),
  ].filter(({ metrics }) => metrics.length > 0);
  const rows = SHOWN.map((metric) => [
    metricText(metric),
    ...columns.map(({ metrics }) =>
      measure(meanOf(metrics.flatMap((one) => (one[metric.name] ? [one[metric.name]] : []))))
    ),
  ]);
  return table(
    "smoothing",
    `Smoothing control (ours): 2D masks after a median filter over ${window} slices`,
    ["mean over scans", ...columns.map(({ title }) => title)],
    columns.length > 0 ? rows : [],
  );
}
