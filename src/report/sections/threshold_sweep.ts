/**
 * The sweep of the threshold: how much hangs on it.
 *
 * @module
 */

import type { RunResult, ThresholdSweepExperiment } from "../../results/mod.ts";
import { type Block, type Cell, figure, fold, paragraph, table } from "../document.ts";
import { amount, measure } from "../format.ts";
import { modelText } from "../models.ts";
import { modelColours } from "../plots/colours.ts";
import { lines } from "../plots/lines.ts";

/** Dice of each model at each threshold, as a table and as lines. */
export function thresholdSweepSection(
  result: RunResult,
  { used, thresholds, models }: ThresholdSweepExperiment,
): Block[] {
  const titles = models.map(({ model }) => modelText(result, model));
  const rows = thresholds.map((threshold, i): Cell[] => [
    amount(threshold, `${threshold}${threshold === used ? " (used)" : ""}`),
    ...models.flatMap(({ mean, pooled }) => [measure(mean[i]), measure(pooled[i])]),
  ]);
  const columns = [
    "threshold",
    ...titles.flatMap((title) => [`${title}, mean`, `${title}, pooled`]),
  ];
  const points = models.flatMap(({ mean }, m) =>
    mean.flatMap(({ value }, i) =>
      value === null ? [] : [{ series: titles[m], x: thresholds[i], y: value }]
    )
  );
  return [
    paragraph(
      `All other numbers are at the threshold ${used}, which was fixed beforehand. The sweep says ` +
        "how much hangs on it and chooses nothing: the best threshold here was found on the very " +
        "scans that it would be judged by.",
    ),
    ...(points.length > 0
      ? [figure(
        "thresholds",
        "Dice, mean over scans, by threshold; dashed: the threshold of all other numbers",
        lines(points, { x: "threshold", y: "Dice", mark: used }, modelColours(result)),
      )]
      : []),
    ...fold(
      "Dice at every threshold",
      table("thresholds", "Dice by threshold (ours)", columns, rows),
    ),
  ];
}
