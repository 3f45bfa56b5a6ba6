/**
 * Fig. 9: presence in four consecutive positive slices.
 *
 * @module
 */

import type { ConsecutiveExperiment, RunResult } from "../../results/mod.ts";
import { type Block, type Cell, figure, fold, paragraph, table } from "../document.ts";
import { amount, measure, NOTHING } from "../format.ts";
import { modelOf, modelText, scanText } from "../models.ts";
import { PAPER } from "../../results/paper.ts";
import { presenceBars } from "../plots/presence.ts";

/** How often each pattern of presence comes, beside the one run that the paper shows. */
export function consecutiveSection(
  result: RunResult,
  { length, models, median }: ConsecutiveExperiment,
): Block[] {
  const rows = models.map(({ model, runs, presentThroughout }) => {
    const dimensions = modelOf(result, model)?.dimensions;
    return [
      modelText(result, model),
      amount(runs),
      measure(presentThroughout),
      median?.patterns[model] ?? NOTHING,
      dimensions ? PAPER.presence[dimensions] : NOTHING,
    ];
  });
  const columns = ["model", "runs", "present throughout", "median run", "paper"];
  const caption = `Fig. 9: presence in runs of ${length} slices that are positive in truth`;
  return [
    ...table("consecutive", caption, columns, rows),
    paragraph(
      "1 is a slice with something found, 0 one with nothing. The paper shows one run that it " +
        "chose. Here every run counts" +
        (median
          ? `; the one of median agreement is ${scanText(result, median.case)}, ` +
            `slices ${median.slice} to ${median.slice + length - 1}.`
          : "."),
    ),
    ...presenceFigure(result, length, models),
    ...fold("Every pattern", patternsTable(result, models)),
  ];
}

type Models = ConsecutiveExperiment["models"];

function presenceFigure(result: RunResult, length: number, models: Models): Block[] {
  const points = models.flatMap(({ model, patterns }) =>
    Array.from({ length: length + 1 }, (_, found) => ({
      model: modelText(result, model),
      found,
      runs: Object.entries(patterns).filter(([pattern]) =>
        pattern.replaceAll("0", "").length === found
      )
        .reduce((sum, [, count]) => sum + count, 0),
    }))
  );
  if (!points.some(({ runs }) => runs > 0)) return [];
  return [figure(
    "presence",
    `In how many of ${length} consecutive positive slices something was found`,
    presenceBars(points, length),
  )];
}

/** Runs of each pattern, the most frequent one first. */
function patternsTable(result: RunResult, models: Models): Block[] {
  const countOf = (pattern: string) =>
    models.reduce((sum, { patterns }) => sum + (patterns[pattern] ?? 0), 0);
  const patterns = [...new Set(models.flatMap((one) => Object.keys(one.patterns)))]
    .sort((a, b) => countOf(b) - countOf(a) || (a < b ? 1 : -1));
  const rows = patterns.map((pattern): Cell[] => [
    pattern,
    ...models.map((one) => amount(one.patterns[pattern] ?? 0)),
  ]);
  const titles = models.map(({ model }) => modelText(result, model));
  return table("patterns", "Runs by their pattern", ["pattern", ...titles], rows);
}
