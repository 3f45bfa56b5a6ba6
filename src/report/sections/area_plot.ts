/**
 * Fig. 6-8: area-plots.
 *
 * @module
 */

import { AREA_OVERLAP, AREA_PEARSON, AREA_RMSE } from "../../metrics/area_plot.ts";
import { CONTINUITY } from "../../metrics/continuity_metrics.ts";
import type { AreaPlotExperiment, RunResult } from "../../results/mod.ts";
import { type Block, type Cell, choice, figure, fold, table } from "../document.ts";
import { meanInterval, measure } from "../format.ts";
import { glossary, metricTextOf } from "../metrics.ts";
import { modelText, scanText } from "../models.ts";
import { areaPlots } from "../plots/area_plots.ts";
import { modelColours } from "../plots/colours.ts";

/** Measures that most readers look for. */
const SHOWN: readonly string[] = [
  AREA_OVERLAP,
  AREA_RMSE,
  AREA_PEARSON,
  CONTINUITY.total_variation.excess,
  CONTINUITY.roughness.excess,
  CONTINUITY.flip_rate.excess,
  CONTINUITY.holes.excess,
  CONTINUITY.adjacent_dice.excess,
].map(({ name }) => name);

/** The plots of each scan, and how alike they are, as means over scans. */
export function areaPlotSection(result: RunResult, { scans, models }: AreaPlotExperiment): Block[] {
  const titles = models.map(({ model }) => modelText(result, model));
  const columns = ["mean over scans", ...titles.flatMap((title) => [title, `95 %, ${title}`])];
  const names = Object.keys(models[0]?.means ?? {});
  const rowsOf = (chosen: readonly string[]) =>
    chosen.map((name): Cell[] => [
      metricTextOf(name),
      ...models.flatMap(({ means }) => [measure(means[name]), meanInterval(means[name])]),
    ]);
  const caption = "Likeness and continuity of area-plots";
  const shown = SHOWN.filter((name) => names.includes(name));
  const rest = names.filter((name) => !shown.includes(name));
  const colours = modelColours(result);
  const plots = scans.filter((scan) => scan.models.length > 0).map((scan) => ({
    text: scanText(result, scan.case),
    blocks: [figure(
      `area-plot-${scan.case}`,
      `Fig. 6-8: normalised slice areas of ${scanText(result, scan.case)}`,
      areaPlots([
        { name: "truth", curve: scan.truth },
        ...scan.models.map(({ model, curve }) => ({ name: modelText(result, model), curve })),
      ], colours),
    )],
  }));
  return [
    ...choice("scan", plots),
    ...table("area-plots", caption, columns, rowsOf(shown)),
    ...fold(
      "All other measures",
      table("area-plots-rest", `${caption}, the rest`, columns, rowsOf(rest)),
    ),
    ...glossary("measures-of-area-plots", names),
  ];
}
