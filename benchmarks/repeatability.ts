/**
 * Whether identical runs agree, and whether intervals hold what they promise:
 * `deno run -A benchmarks/repeatability.ts [--runs 12] [--suite quick] [--out FILE]`.
 *
 * The suite is run again and again, each time from nothing. For each model and scope:
 *
 * 1. `disjoint`: of all pairs of runs, how many have intervals without a common number. Of two 95 %
 *    intervals of the same quantity, few should be.
 * 2. `coverage`: how often an interval holds the middle of all processes of all runs, for processes
 *    drawn at random from all runs (10,000 times) and for those of each run as they were, which
 *    share what the machine was doing then.
 *
 * @module
 */

import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { writeAtomically } from "../src/base/atomic.ts";
import { random } from "../src/base/random.ts";
import { cpuFacts, loadAverage, toolFacts } from "../src/platform/mod.ts";
import { type InferenceTiming, readRunResult, type RunResult } from "../src/results/mod.ts";
import type { Interval } from "../src/statistics/mod.ts";
import { geometricInterval } from "../src/statistics/student_t.ts";

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "12" },
    suite: { type: "string", default: "quick" },
    out: { type: "string" },
    /** Folder of the runs; those that are there already are taken as they are. */
    work: { type: "string", default: "out/repeatability" },
  },
});

/** Draws of the simulated coverage. */
const DRAWS = 10_000;

const within = ({ low, high }: Interval, value: number) => low <= value && value <= high;
const rounded = (value: number) => Number(value.toPrecision(4));

function runOnce(folder: string): RunResult {
  const path = join(folder, "result.json");
  try {
    return readRunResult(path);
  } catch {
    // it is not there yet
  }
  const args = ["task", "--quiet", "stackbench", "run", "--suite", options.suite, "--out", folder];
  const { success } = new Deno.Command(Deno.execPath(), { args, stdout: "null" }).outputSync();
  if (!success) throw new Error(`the run into ${folder} failed`);
  return readRunResult(path);
}

/** How the runs of one model and scope agree. */
function agreement(timings: readonly InferenceTiming[]) {
  const runs = timings.map(({ processes }) => processes.map(({ median }) => median));
  const intervals = timings.map(({ interval }) => interval!);
  let [pairs, disjoint] = [0, 0];
  intervals.forEach((one, i) => {
    for (const other of intervals.slice(i + 1)) {
      pairs++;
      if (one.high < other.low || other.high < one.low) disjoint++;
    }
  });
  const all = runs.flat();
  const middle = Math.exp(all.reduce((sum, one) => sum + Math.log(one), 0) / all.length);
  const stream = random(1, "repeatability", timings[0].model, timings[0].scope);
  let held = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = runs[0].map(() => all[stream.integer(all.length)]);
    if (within(geometricInterval(drawn)!, middle)) held++;
  }
  const [{ model, scope }] = timings;
  return {
    model,
    scope,
    medians: timings.map(({ median }) => rounded(median)),
    processes: runs.map((run) => run.map(rounded)),
    pairs,
    disjoint,
    coverage: {
      drawn: held / DRAWS,
      asTheyWere: intervals.filter((interval) => within(interval, middle)).length / runs.length,
    },
  };
}

const results: RunResult[] = [];
const load: number[] = [];
for (let run = 1; run <= Number(options.runs); run++) {
  load.push(loadAverage() ?? NaN);
  results.push(runOnce(join(options.work, `run-${run}`)));
  process.stderr.write(`run ${run} of ${options.runs} done\n`);
}
const cells = results[0].timing.inference.map((_, cell) =>
  agreement(results.map(({ timing }) => timing.inference[cell]))
);
const { model: cpu, cores } = cpuFacts();
const report = {
  schema: "stackbench/repeatability",
  version: 1,
  command: `benchmarks/repeatability.ts --runs ${options.runs} --suite ${options.suite}`,
  commit: toolFacts().commit,
  date: new Date().toISOString().slice(0, 10),
  machine: { cpu, cores, loadBeforeEachRun: load },
  samePredictions: new Set(
    results.map(({ predictions }) => predictions.map(({ maskSha256 }) => maskSha256).join()),
  ).size === 1,
  cells,
};
if (options.out) writeAtomically(options.out, `${JSON.stringify(report, null, 2)}\n`);
for (const { model, scope, pairs, disjoint, coverage } of cells) {
  process.stdout.write(
    `${model} ${scope}: ${disjoint} of ${pairs} pairs disjoint; coverage ${
      (100 * coverage.drawn).toFixed(1)
    } % (drawn), ${(100 * coverage.asTheyWere).toFixed(0)} % (runs as they were)\n`,
  );
}
process.exitCode = cells.some(({ pairs, disjoint }) => disjoint > pairs * 5 / 66) ? 1 : 0;
