/**
 * Fig. 9: presence in four consecutive positive slices.
 *
 * @module
 */

import type { ConsecutiveExperiment, RunResult } from "../../results/mod.ts";
import { type Block, paragraph, table } from "../document.ts";
import { measureText, NOTHING } from "../format.ts";
import { modelOf, modelText, scanText } from "../models.ts";
import { PAPER } from "../../results/paper.ts";

/** How often each pattern of presence comes, beside the one run that the paper shows. */
export function consecutiveSection(
  result: RunResult,
  { length, models, median }: ConsecutiveExperiment,
): Block[] {
  const rows = models.map(({ model, runs, patterns, presentThroughout }) => {
    const dimensions = modelOf(result, model)?.dimensions;
    return [
      modelText(result, model),
      String(runs),
      measureText(presentThroughout),
      Object.entries(patterns).sort(([a, m], [b, n]) => n - m || (a < b ? 1 : -1))
        .map(([pattern, count]) => `${pattern}: ${count}`).join(", ") || NOTHING,
      median?.patterns[model] ?? NOTHING,
      dimensions ? PAPER.presence[dimensions] : NOTHING,
    ];
  });
  const columns = ["model", "runs", "present throughout", "patterns", "median run", "paper"];
  const caption = `Fig. 9: presence in runs of ${length} slices that are positive in truth`;
  return [
    ...table(caption, columns, rows),
    paragraph(
      "The paper shows one run that it chose. Here every run counts" +
        (median
          ? `; the one of median agreement is ${scanText(result, median.case)}, ` +
            `slices ${median.slice} to ${median.slice + length - 1}.`
          : "."),
    ),
  ];
}
