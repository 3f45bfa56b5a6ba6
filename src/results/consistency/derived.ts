/**
 * Experiments and statistics against the records that they are made of: they are made again, and
 * the numbers of both must agree.
 *
 * @module
 */

import { comparePairs } from "../comparison.ts";
import { EXPERIMENT_NAMES, keptEntries, runExperiments } from "../experiments/mod.ts";
import type { RunFacts } from "../facts.ts";
import type { RunResult } from "../records.ts";
import { isClose } from "./close.ts";

/** Keys whose values are words, or come from elsewhere. */
const APART: ReadonlySet<string> = new Set(["paper", "reason", "interval", "intervalReason"]);

/** Resamples of intervals that nobody looks at: drawing them all takes seconds. */
const FEWEST_RESAMPLES = 1;

/**
 * Contradictions of what follows from the records of scans. Intervals are compared with nothing:
 * how they are drawn may differ from version to version.
 */
export function* contradictionsOfDerived(result: RunResult): Generator<string> {
  const { experiments, predictions, statistics } = result;
  const facts = factsOf(result);
  const names = EXPERIMENT_NAMES.filter((name) => experiments[name]?.status === "done");
  const again = runExperiments(names, facts, keptEntries(experiments, predictions));
  for (const name of names) {
    yield* differences(experiments[name], again[name], `experiments.${name}`);
  }
  if (statistics?.status === "done") {
    const compared = comparePairs(facts, { resamples: FEWEST_RESAMPLES });
    yield* differences(statistics, compared, "statistics");
  }
}

function factsOf({ models, dataset, predictions, suite, experiments }: RunResult): RunFacts {
  const { masks, overlap, inference_time } = experiments;
  return {
    models,
    cases: dataset.cases,
    predictions,
    threshold: suite.threshold,
    panels: masks?.status === "done" ? masks.panels : null,
    combinations: overlap?.status === "done"
      ? overlap.combinations.map(({ model, trainedOverlap, inferenceOverlap }) => ({
        model,
        trainedOverlap,
        inferenceOverlap,
      }))
      : [],
    seed: suite.seed,
    // no intervals
    complete: false,
    timedCase: inference_time?.status === "done" ? inference_time.case : null,
  };
}

/** Where a value differs from what it should be; keys that only one of them has are left out. */
function* differences(value: unknown, expected: unknown, path: string): Generator<string> {
  if (isObject(value) && isObject(expected)) {
    if (Array.isArray(value) && Array.isArray(expected) && value.length !== expected.length) {
      yield `${path}: it has ${value.length} entries, not ${expected.length}`;
      return;
    }
    for (const [key, one] of Object.entries(value)) {
      if (APART.has(key) || !Object.hasOwn(expected, key)) continue;
      yield* differences(one, expected[key], `${path}.${key}`);
    }
  } else if (!isSame(value, expected)) {
    const [is, follows] = [value, expected].map((one) => JSON.stringify(one));
    yield `${path}: ${is} is not ${follows}, which follows from the scans`;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  const areNumbers = (typeof a === "number" || a === null) && (typeof b === "number" || b === null);
  return areNumbers ? isClose(a, b) : a === b;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
