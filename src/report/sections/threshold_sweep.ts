/**
 * The sweep of the threshold: how much hangs on it.
 *
 * @module
 */

import type { RunResult, ThresholdSweepExperiment } from "../../results/mod.ts";
import { type Block, paragraph, table } from "../document.ts";
import { measureText } from "../format.ts";
import { modelText } from "../models.ts";
import { lines } from "../plots/lines.ts";

/** Dice of each model at each threshold, as a table and as lines. */
export function thresholdSweepSection(
  result: RunResult,
  { used, thresholds, models }: ThresholdSweepExperiment,
): Block[] {
  const titles = models.map(({ model }) => modelText(result, model));
  const rows = thresholds.map((threshold, i) => [
    `${threshold}${threshold === used ? " (used)" : ""}`,
    ...models.flatMap(({ mean, pooled }) => [measureText(mean[i]), measureText(pooled[i])]),
  ]);
  const columns = ["threshold", ...titles.flatMap((title) => [`${title}, mean`, "pooled"])];
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
    ...table("Dice by threshold (ours)", columns, rows),
    ...(points.length > 0
      ? [
        {
          kind: "figure",
          name: "thresholds",
          caption:
            "Dice, mean over scans, by threshold; dashed: the threshold of all other numbers",
          specification: lines(points, { x: "threshold", y: "Dice", mark: used }),
        } as const,
      ]
      : []),
  ];
}
