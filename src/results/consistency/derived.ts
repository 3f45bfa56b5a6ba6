/**
 * Experiments and statistics against the records that they are made of: they are made again, and
 * the numbers of both must agree.
 *
 * @module
 */

import { PROGRAM_VERSION } from "../../base/installation.ts";
import { comparePairs } from "../comparison.ts";
import { EXPERIMENT_NAMES, keptEntries, runExperiments } from "../experiments/mod.ts";
import type { RunFacts } from "../facts.ts";
import type { RunResult } from "../records.ts";
import { isClose } from "../../base/close.ts";
import { contradictionsOfMeasures } from "./measures.ts";

/** Keys whose values are words; `words` are those of the paper, beside its `numbers`. */
const APART: ReadonlySet<string> = new Set(["words", "place", "reason", "intervalReason"]);
/** The same of results whose intervals are not drawn again. */
const APART_UNDRAWN: ReadonlySet<string> = new Set([...APART, "interval"]);

/** Predictions whose intervals are drawn again: of more it would take longer than seconds. */
const MOST_DRAWN = 1000;

/** Resamples of intervals that nobody looks at: drawing them all takes seconds. */
const FEWEST_RESAMPLES = 1;

/** Contradictions of what follows from the records of scans, but for the ends of intervals. */
export function* contradictionsOfDerived(result: RunResult): Generator<string> {
  yield* ofIntervals(result.experiments, "experiments");
  yield* ofIntervals(result.statistics, "statistics");
  yield* ofSmoothed(result);
  yield* fromScans(result, "undrawn");
}

/**
 * Contradictions of intervals, which are drawn again where this version of the program drew them:
 * how they are drawn may differ from version to version. It takes longer than all else.
 */
export function* contradictionsOfIntervals(result: RunResult): Generator<string> {
  const { status, tool, predictions } = result;
  const drawn = status === "complete" && tool.version === PROGRAM_VERSION &&
    predictions.length <= MOST_DRAWN;
  if (drawn) yield* fromScans(result, "drawn");
}

/** Where experiments and statistics differ from what is made of the scans again. */
function* fromScans(result: RunResult, intervals: "drawn" | "undrawn"): Generator<string> {
  const { experiments, predictions, statistics } = result;
  const drawn = intervals === "drawn";
  const facts = { ...factsOf(result), complete: drawn };
  const names = EXPERIMENT_NAMES.filter((name) => experiments[name]?.status === "done");
  const again = runExperiments(names, facts, keptEntries(experiments, predictions));
  const apart = drawn ? APART : APART_UNDRAWN;
  for (const name of names) {
    yield* differences(experiments[name], again[name], `experiments.${name}`, apart);
  }
  if (statistics?.status !== "done") return;
  const compared = comparePairs(facts, drawn ? {} : { resamples: FEWEST_RESAMPLES });
  yield* differences(statistics, compared, "statistics", apart);
}

/** Intervals whose ends or level cannot be, whoever drew them. */
function* ofIntervals(value: unknown, path: string): Generator<string> {
  if (!isObject(value)) return;
  const { low, high, level } = value;
  if (typeof low === "number" && typeof high === "number" && typeof level === "number") {
    if (low > high) yield `${path}: its ends are swapped`;
    if (!(level > 0 && level < 1)) yield `${path}.level: ${level} is not in 0 to 1`;
  }
  for (const [key, inner] of Object.entries(value)) yield* ofIntervals(inner, `${path}.${key}`);
}

/** Masks after the filter: one a 2-D model and scan, and of the truth they say what others do. */
function* ofSmoothed(
  { experiments: { smoothing_control: smoothed }, dataset, predictions }: RunResult,
): Generator<string> {
  if (smoothed?.status !== "done") return;
  const seen = new Set<string>();
  for (const [i, { model, case: index, metrics }] of smoothed.scans.entries()) {
    const path = `experiments.smoothing_control.scans.${i}`;
    const key = `${model}, scan ${index}`;
    if (seen.has(key)) yield `${path}: there is another one of ${key}`;
    seen.add(key);
    const scan = dataset.cases.find((one) => one.index === index)!;
    yield* contradictionsOfMeasures(metrics, scan, `${path}.metrics`);
    const before = predictions.find((one) => one.model === model && one.case === index)?.metrics;
    for (const name of Object.keys(metrics).filter((name) => name.endsWith("_truth"))) {
      // a border of stacks is the prediction's, not the truth's
      const own = name.startsWith("seam_index") ? undefined : before?.[name];
      if (own && !isSame(metrics[name].value, own.value)) {
        yield `${path}.metrics.${name}.value: ${metrics[name].value} is not ${own.value}, which ` +
          "predictions say of the same truth";
      }
    }
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
    complete: false,
    timedCase: inference_time?.status === "done" ? inference_time.case : null,
  };
}

/** Where a value differs from what it should be; keys that only one of them has are left out. */
function* differences(
  value: unknown,
  expected: unknown,
  path: string,
  apart: ReadonlySet<string>,
): Generator<string> {
  if (isObject(value) && isObject(expected)) {
    if (Array.isArray(value) && Array.isArray(expected) && value.length !== expected.length) {
      yield `${path}: it has ${value.length} entries, not ${expected.length}`;
      return;
    }
    for (const [key, one] of Object.entries(value)) {
      if (apart.has(key) || !Object.hasOwn(expected, key)) continue;
      yield* differences(one, expected[key], `${path}.${key}`, apart);
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
