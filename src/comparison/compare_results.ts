/**
 * Results compared: what may be, and with what outcome.
 *
 * @module
 */

import { InputError, NotComparableError } from "../base/errors.ts";
import { METRICS } from "../metrics/mod.ts";
import { AREA_OVERLAP } from "../metrics/area_plot.ts";
import { DICE } from "../metrics/overlap.ts";
import { HD95 } from "../metrics/surface_distance.ts";
import type { Comparison, Factor, RunResult } from "../results/mod.ts";
import { accuracyRows, maskRows } from "./accuracy.ts";
import { environmentDifferences, WHOLE_FACTORS } from "./factors.ts";
import { factorOf, obstacles } from "./obstacles.ts";
import { matchModels, sideName } from "./sides.ts";
import { timingRows } from "./timing.ts";

/** How to compare. */
export interface CompareOptions {
  /** What may differ (default: the only thing that does). */
  readonly by?: Factor;
  /** Measures of accuracy, by name (default: Dice, overlap of the area-plot, HD95). */
  readonly metrics?: readonly string[];
  /** Whether to compare what may not be compared; the outcome is marked then (default: no). */
  readonly force?: boolean;
}

/** Measures of accuracy where none are named. */
export const DEFAULT_METRICS: readonly string[] = [DICE.name, AREA_OVERLAP.name, HD95.name];

/**
 * Compares results with the first of them.
 *
 * @param results at least one; of a single one its models are compared
 * @throws NotComparableError that lists every reason, unless forced; InputError for a metric that
 *   is none, or one result with one model
 */
export function compareResults(
  results: readonly RunResult[],
  { by: asked, metrics = DEFAULT_METRICS, force = false }: CompareOptions = {},
): Comparison {
  const unknown = metrics.filter((name) => !METRICS.some((metric) => metric.name === name));
  if (unknown.length > 0) {
    throw new InputError(`there is no metric ${unknown.join(", ")}`, {
      advice: `metrics are ${METRICS.map(({ name }) => name).join(", ")}`,
    });
  }
  const by = factorOf(results, asked);
  const { matched, unmatched } = matchModels(results, by);
  if (results.length === 1 && matched.length === 0) {
    throw new InputError("one result with one model leaves nothing to compare", {
      advice: "name another results file",
    });
  }
  const against = obstacles(results, by, matched);
  if (against.length > 0 && !force) {
    throw new NotComparableError(`these results may not be compared: ${against.join("; ")}`, {
      advice: "name what may differ with --by, run again so that nothing else does, or --force it",
      details: { obstacles: against },
    });
  }
  const { rows: timing, together } = timingRows(matched);
  return {
    schema: "stackbench/comparison",
    version: 1,
    by,
    forced: against.length > 0,
    obstacles: against,
    sides: sidesOf(results, by),
    environment: environmentDifferences(results),
    masks: by === "model" ? [] : maskRows(matched),
    accuracy: accuracyRows(matched, metrics, results[0].suite.seed),
    timing,
    together,
    unmatched,
    notes: notesOf(results, timing),
  };
}

function sidesOf(results: readonly RunResult[], by: Factor): Comparison["sides"] {
  if (by === "model") {
    return results.flatMap((result) =>
      result.models.filter(({ experiment }) => !experiment)
        .map(({ id }) => ({ value: id, suite: result.suite.name }))
    ).map((side, i) => ({ name: sideName(i), ...side }));
  }
  return results.map((result, i) => ({
    name: sideName(i),
    value: WHOLE_FACTORS[by].value(result),
    suite: result.suite.name,
  }));
}

function notesOf(results: readonly RunResult[], timing: Comparison["timing"]): string[] {
  const warned = results.flatMap(({ timing: { warnings } }, i) =>
    warnings.map(({ message }) => `${sideName(i)}: ${message}`)
  );
  return [
    ...(timing.length > 0 && results.length > 1
      ? [
        "Times come from separate runs, each in its own minutes of the machine: its state then is " +
        "part of their ratio. `stackbench gate` runs both in turn.",
      ]
      : []),
    ...(timing.some(({ ratio }) => ratio.interval === null)
      ? ["Ratios without an interval come from fewer than three processes."]
      : []),
    ...warned,
  ];
}
