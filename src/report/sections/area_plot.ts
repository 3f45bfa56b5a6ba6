/**
 * Fig. 6-8: area-plots.
 *
 * @module
 */

import type { AreaPlotExperiment, RunResult } from "../../results/mod.ts";
import { type Block, table } from "../document.ts";
import { meanIntervalText, measureText } from "../format.ts";
import { metricTextOf } from "../metrics.ts";
import { modelText, scanText } from "../models.ts";
import { areaPlots } from "../plots/area_plots.ts";

/** How alike the area-plots are, as means over scans, and the plots of each scan. */
export function areaPlotSection(result: RunResult, { scans, models }: AreaPlotExperiment): Block[] {
  const names = Object.keys(models[0]?.means ?? {});
  const rows = names.map((name) => [
    metricTextOf(name),
    ...models.map(({ means }) => measureText(means[name])),
    ...models.map(({ means }) => meanIntervalText(means[name])),
  ]);
  const titles = models.map(({ model }) => modelText(result, model));
  const columns = ["mean over scans", ...titles, ...titles.map((title) => `95 %, ${title}`)];
  return [
    ...table("Likeness and continuity of area-plots", columns, rows),
    ...scans.filter((scan) => scan.models.length > 0).map((scan): Block => ({
      kind: "figure",
      name: `area-plot-${scan.case}`,
      caption: `Fig. 6-8: normalised slice areas of ${scanText(result, scan.case)}`,
      specification: areaPlots([
        { name: "truth", curve: scan.truth },
        ...scan.models.map(({ model, curve }) => ({ name: modelText(result, model), curve })),
      ]),
    })),
  ];
}
