/**
 * Merging shards: the results of the whole run from those of its parts.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { writeAtomically } from "../base/atomic.ts";
import { firstDifference } from "../base/difference.ts";
import { lockFolder } from "../base/folder_lock.ts";
import type { Combination } from "../results/facts.ts";
import {
  type EnvironmentRecord,
  type ExperimentName,
  type RunResult,
  warning,
  writeRunResult,
} from "../results/mod.ts";
import {
  clearFolder,
  makeFolder,
  requireFolder,
  resultPath,
  type RunFolder,
} from "./run_folder.ts";
import { maskFolder, maskPath } from "./mask_files.ts";
import { type RunFrame, RunState } from "./run_state.ts";
import { type Shard, shardsOfRun } from "./shard_set.ts";

/**
 * Merges the shards of a run into a folder: their masks and pictures, and results that are those of
 * the whole run in one process, bit for bit but for `timing` and `volatile`. Experiments and
 * statistics are computed anew from the records of all scans, whose masks are checked against them.
 *
 * @param folders those of shards, or of runs with their shards below
 * @param note told what goes on
 * @throws InputError that names every shard that is missing, doubled, of another run or program,
 *   unfinished or changed
 */
export function mergeShards(
  folders: readonly string[],
  folder: RunFolder,
  note: (message: string) => void,
): RunResult {
  requireFolder(folder);
  using _lock = lockFolder(folder.out, note);
  const shards = shardsOfRun(folders);
  note(`${shards.length} shards with ${shards[0].shard.scans} scans`);
  const results = shards.map(({ result }) => result);
  const state = new RunState(frameOf(results), results);
  for (const { failures, models } of results) {
    for (const { model, case: index, reason } of failures) {
      state.addFailure(models.find(({ id }) => id === model)!, index, reason);
    }
  }
  const difference = differenceOfMachines(results.map(({ environment }) => environment));
  if (difference !== null) state.warn(warning("mixed-machines", difference));
  state.setPanels(panelsOf(results));
  if (folder.overwrite) clearFolder(folder);
  for (const shard of shards) takeFiles(shard, folder.out);
  const merged = state.result("complete");
  const whole = { ...merged, timing: { ...merged.timing, shards: shards.map(timingOf) } };
  writeRunResult(resultPath(folder), whole);
  return whole;
}

/** What is known of the run but its scans; of what differs, that of the first shard. */
function frameOf(results: readonly RunResult[]): RunFrame {
  const [{ tool, suite, environment, models, dataset: { cases: _, ...dataset }, experiments }] =
    results;
  const timing = results.find(({ experiments }) => experiments.inference_time?.status === "done");
  const timed = timing?.experiments.inference_time;
  const { loadAverage, memoryAvailable } = (timing ?? results[0]).volatile;
  return {
    suite: {
      seed: suite.seed,
      threshold: suite.threshold,
      experiments: Object.keys(experiments) as ExperimentName[],
    },
    fixed: { tool, suite, environment, models },
    dataset,
    started: { startedAt: firstOf(results), loadAverage, memoryAvailable },
    combinations: combinationsOf(results),
    timedCase: timed?.status === "done" ? timed.case : null,
  };
}

/** When the first shard began. */
function firstOf(results: readonly RunResult[]): string {
  return results.map(({ volatile }) => volatile.startedAt).sort()[0];
}

/** The combinations of the `overlap` experiment, from any shard that has scored scans. */
function combinationsOf(results: readonly RunResult[]): readonly Combination[] {
  for (const { experiments: { overlap } } of results) {
    if (overlap?.status !== "done") continue;
    return overlap.combinations.map(({ model, trainedOverlap, inferenceOverlap }) => ({
      model,
      trainedOverlap,
      inferenceOverlap,
    }));
  }
  return [];
}

/** The pictures of all shards, in the order of the scans. */
function panelsOf(results: readonly RunResult[]) {
  return results.flatMap(({ experiments: { masks } }) =>
    masks?.status === "done" ? masks.panels : []
  ).sort((a, b) => a.case - b.case);
}

/** In what the machines differ, in words; null where they do not. */
function differenceOfMachines([first, ...others]: readonly EnvironmentRecord[]): string | null {
  const differences = others.flatMap((other) => firstDifference(first, other) ?? []);
  if (differences.length === 0) return null;
  const paths = [...new Set(differences.map(({ path }) => path))].join(", ");
  return `${differences.length} of ${others.length + 1} shards ran on machines that differ from ` +
    `that of the first in ${paths}`;
}

function timingOf({ result: { environment, volatile }, shard: { index, cases } }: Shard) {
  const { startedAt, writtenAt } = volatile;
  return { index, cases, environment, startedAt, writtenAt };
}

/** Puts the masks and pictures of a shard among those of the run. */
function takeFiles({ folder, result }: Shard, out: string): void {
  const { dataset: { cases }, predictions, experiments: { masks } } = result;
  for (const { model, case: index } of predictions) {
    const { id } = cases.find((one) => one.index === index)!;
    const pathIn = (run: string) =>
      maskPath(maskFolder(run, model), { index, id: id ?? "" }, id !== null);
    take(pathIn(folder), pathIn(out));
  }
  for (const { file } of masks?.status === "done" ? masks.panels : []) {
    take(join(folder, file), join(out, file));
  }
}

/** A second name for a file where the disk can do that, a copy where it cannot. */
function take(from: string, to: string): void {
  makeFolder(dirname(to));
  try {
    Deno.removeSync(to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    Deno.linkSync(from, to);
  } catch {
    // another disk, or one without links
    writeAtomically(to, [Deno.readFileSync(from)]);
  }
}
