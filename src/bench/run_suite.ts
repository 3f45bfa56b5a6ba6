/**
 * Running a suite: every model over every scan, results written after each.
 *
 * @module
 */

import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { lockFolder } from "../base/folder_lock.ts";
import { isThere } from "../base/is_there.ts";
import {
  environmentRecord,
  type PanelRecord,
  readResultFile,
  resumeObstacle,
  type RunResult,
  startRecord,
  toolRecord,
  warning,
  writeRunResult,
} from "../results/mod.ts";
import { makePanels } from "./make_panels.ts";
import { clearFolder, makeFolder, requireFolder, resultPath } from "./run_folder.ts";
import { maskFolder } from "./mask_files.ts";
import { runPrediction } from "./run_prediction.ts";
import { overScans, prepareModels, type RunModels } from "./run_models.ts";
import type { RunRequest } from "./run_request.ts";
import { type RunScan, scansOfSuite } from "./run_scans.ts";
import { type RunFrame, RunState } from "./run_state.ts";
import { openSegmenter } from "../segmentation/mod.ts";
import { soundRecords } from "./sound_records.ts";
import { suiteHash, suiteSettings } from "./suite.ts";
import { timeModels } from "./time_models.ts";

/**
 * Runs a suite.
 *
 * @returns the results, also written to `result.json`
 * @throws InputError for models, weights or scans that do not fit; the reason of the signal
 */
export async function runSuite(request: RunRequest): Promise<RunResult> {
  const { manifest, out, shard } = request;
  requireFolder(request);
  using _lock = lockFolder(out, (message) => request.progress.note(message));
  const { suite } = request.loaded;
  const isPublic = manifest.manifest.public;
  const skipped = new Set(request.skipped);
  const cases = scansOfSuite(suite, manifest.cases, request.chosen)
    .filter(({ index }) => !skipped.has(index));
  request.progress.note(`preparing ${suite.models.length} models`);
  // the whole run decides what is scored, which folds there are, and which scan is timed
  const whole = prepareModels(request.loaded, cases, request.backend);
  const prepared = shard ? overScans(whole, shard.cases) : whole;
  const frame = frameOf(request, prepared, cases);
  const path = resultPath(request);
  const note = (message: string) => request.progress.note(message);
  const left = request.resume ? resumable(path, frame, note) : null;
  const previous = left && soundRecords(left, { out, isPublic, cases }, note);
  const state = new RunState(frame, previous ? [previous] : []);
  for (const { record, prepared: { notes } } of prepared.models) {
    for (const note of notes) state.warn(warning("converted-weights", `${record.id}: ${note}`));
  }
  const save = (status: RunResult["status"]) => {
    const result = state.result(status);
    writeRunResult(path, result);
    return result;
  };

  if (request.overwrite) clearFolder(request);
  for (const model of prepared.models) {
    const todo = model.cases.filter(({ index }) => !state.hasPrediction(model.record, index));
    if (todo.length === 0) continue;
    request.progress.note(`${model.record.id}: packing weights`);
    using segmenter = openSegmenter(request.backend, model.prepared, suite.precision);
    const folder = maskFolder(out, model.record.id);
    makeFolder(folder);
    for (const one of todo) {
      const label = `${model.record.id}: scan ${
        model.cases.indexOf(one) + 1
      } of ${model.cases.length}`;
      const { progress, signal } = request;
      const work = { suite, isPublic, model: model.record, segmenter, one, folder, label };
      await runPrediction({ ...work, progress, signal }, state);
      save("partial");
    }
  }
  if (frame.timedCase !== null) {
    await timeModels(request, prepared.models, cases[0], state);
    save("partial");
  }
  await drawPanels(request, prepared, state);
  request.progress.stop();
  return save("complete");
}

/** Draws what the `masks` experiment shows: scored scans, models with trained weights. */
async function drawPanels(
  { loaded: { suite }, manifest, out, progress, signal }: RunRequest,
  { models, combinations, scored }: RunModels,
  state: RunState,
): Promise<void> {
  if (!suite.experiments.includes("masks")) return;
  const records = [...new Set(models.map(({ record }) => record))];
  const trained = records.filter(({ weights, experiment }) =>
    weights.source === "file" && !experiment
  );
  const asInPaper = combinations.filter(({ inferenceOverlap }) => inferenceOverlap === 0);
  const rows = [
    { of: "models", models: trained.map(({ id }) => id) },
    { of: "overlap", models: asInPaper.map(({ model }) => model) },
  ] as const;
  const filled = rows.filter(({ models }) => models.length > 0);
  const panels: PanelRecord[] = [];
  if (filled.length > 0) {
    makeFolder(join(out, "panels"));
    progress.start("pictures", scored.length);
    for (const one of scored) {
      const isPublic = manifest.manifest.public;
      // a model that failed on the scan has no mask of it
      const there = filled.map(({ of, models }) => ({
        of,
        models: models.filter((id) => state.hasPrediction({ id }, one.index)),
      })).filter(({ models }) => models.length > 0);
      panels.push(...await makePanels({ out, one, isPublic, rows: there, signal }));
      progress.advance();
    }
  }
  state.setPanels(panels);
}

function frameOf(
  { loaded: { suite }, backend, manifest, skipped = [], chosen, shard }: RunRequest,
  { models, combinations }: RunModels,
  cases: readonly RunScan[],
): RunFrame {
  return {
    suite,
    fixed: {
      tool: toolRecord(),
      suite: {
        name: suite.name,
        sha256: suiteHash(suite),
        seed: suite.seed,
        threshold: suite.threshold,
        precision: suite.precision,
        settings: suiteSettings(suite),
      },
      environment: environmentRecord(backend),
      models: [...new Set(models.map(({ record }) => record))],
    },
    dataset: {
      name: manifest.manifest.public ? manifest.manifest.name : null,
      manifestSha256: manifest.sha256,
      ...(skipped.length > 0 ? { skipped: skipped.length } : {}),
      ...(chosen ? { chosen } : {}),
    },
    shard,
    started: startRecord(),
    combinations,
    timedCase: suite.experiments.includes("inference_time") &&
        (shard?.cases.includes(cases[0].index) ?? true)
      ? cases[0].index
      : null,
  };
}

/**
 * What an interrupted run left; null where there is nothing to go on with. A part of a run that is
 * complete is left as it is, and one that another machine began is begun anew: schedulers start a
 * part again when and where they like.
 */
function resumable(
  path: string,
  { fixed, dataset, shard }: RunFrame,
  note: (message: string) => void,
): RunResult | null {
  if (!isThere(path)) return null;
  const { result, from } = readResultFile(path);
  const now = {
    ...fixed,
    manifestSha256: dataset.manifestSha256,
    chosen: dataset.chosen,
    shard,
  };
  const left = shard ? { ...result, status: "partial" as const } : result;
  const obstacle = resumeObstacle(left, from, now);
  if (obstacle === null) return left;
  const here = { ...left, environment: fixed.environment };
  if (shard && resumeObstacle(here, from, now) === null) {
    note(`begun anew, since ${path} comes from another machine`);
    return null;
  }
  throw new InputError(`${path} cannot be gone on with: ${obstacle}`, {
    advice: "leave out --resume to start anew, or name another --out",
  });
}
