/**
 * Times against the samples that they come from, and against what was timed.
 *
 * @module
 */

import { geometricInterval, median } from "../../statistics/mod.ts";
import type { InferenceTiming, ModelRecord, RunResult } from "../records.ts";
import { isClose } from "../../base/close.ts";
import { executionsOf } from "./settings.ts";

/** Contradictions of medians, rates, intervals, and of the one pass over each scan. */
export function* contradictionsOfTiming(result: RunResult): Generator<string> {
  for (const [i, one] of result.timing.inference.entries()) {
    yield* ofSamples(one, `timing.inference.${i}`);
    yield* ofWork(one, result, `timing.inference.${i}`);
  }
  yield* ofPasses(result);
}

function* ofSamples(one: InferenceTiming, path: string): Generator<string> {
  const { processes, median: middle, interval, slices, slicesPerSecond, peakRss } = one;
  for (const [k, { samples, median: own }] of processes.entries()) {
    const at = `${path}.processes.${k}`;
    if (samples.length === 0) yield `${at}.samples: there are none`;
    else yield* differs(own, median(samples.map(({ seconds }) => seconds)), `${at}.median`);
  }
  const medians = processes.map((process) => process.median);
  yield* differs(middle, median(medians), `${path}.median`);
  yield* differs(slicesPerSecond, slices / middle, `${path}.slicesPerSecond`);
  const expected = medians.every((seconds) => seconds > 0) ? geometricInterval(medians) : null;
  if ((interval === null) !== (expected === null)) {
    yield `${path}.interval: ${medians.length} processes give ${expected ? "one" : "none"}`;
  } else if (interval && expected) {
    for (const end of ["low", "high", "level"] as const) {
      yield* differs(interval[end], expected[end], `${path}.interval.${end}`);
    }
  }
  const peaks = processes.flatMap((process) => process.peakRss ?? []);
  if (peaks.length > 0 && peakRss !== Math.max(...peaks)) {
    yield `${path}.peakRss: ${peakRss} is not ${Math.max(...peaks)}, the largest of its processes`;
  }
}

/** What a run of a scope takes, by the model and the scan. */
function* ofWork(
  { model: key, scope, slices, median: middle, gflopPerSecond }: InferenceTiming,
  { models, dataset, experiments: { inference_time: experiment } }: RunResult,
  path: string,
): Generator<string> {
  const model = models.find(({ id }) => id === key)!;
  const timed = experiment?.status === "done" ? experiment.case : null;
  const scan = dataset.cases.find(({ index }) => index === timed);
  const own = scope === "network" ? slicesOf(model) : scan?.shape[0];
  if (own === undefined) return;
  if (slices !== own) yield `${path}.slices: ${slices} is not ${own}, which its ${scope} takes`;
  const executions = scope === "network" ? 1 : executionsOf(model, own);
  const expected = model.flops * executions / middle / 1e9;
  yield* differs(gflopPerSecond, expected, `${path}.gflopPerSecond`);
}

function slicesOf({ dimensions, input }: ModelRecord): number {
  return dimensions === 3 ? input[2] : input[0];
}

/** A part of a time is no longer than the whole; clocks are read one after another. */
const SLACK_SECONDS = 1e-6;

function* ofPasses({ timing: { cases } }: RunResult): Generator<string> {
  for (const [i, { phases, caseSeconds, endToEndSeconds }] of cases.entries()) {
    const path = `timing.cases.${i}`;
    const parts = { caseSeconds, ...phases };
    for (const [name, seconds] of Object.entries(parts)) {
      if (seconds > endToEndSeconds + SLACK_SECONDS) {
        const place = name === "caseSeconds" ? name : `phases.${name}`;
        yield `${path}.${place}: ${seconds} is more than endToEndSeconds, ${endToEndSeconds}`;
      }
    }
    const sum = Object.values(phases).reduce((all, seconds) => all + seconds, 0);
    if (sum > endToEndSeconds + SLACK_SECONDS) {
      yield `${path}.phases: ${sum} together is more than endToEndSeconds, ${endToEndSeconds}`;
    }
  }
}

function* differs(value: number, expected: number, path: string): Generator<string> {
  if (!isClose(value, expected)) {
    yield `${path}: ${value} is not ${expected}, which follows from its samples`;
  }
}
