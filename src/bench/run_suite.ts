/**
 * Running a suite: every model over every scan, results written after each.
 *
 * @module
 */

import { join } from "node:path";
import type { Backend } from "../backends/backend.ts";
import { InputError, messageOf } from "../base/errors.ts";
import type { LoadedManifest } from "../datasets/mod.ts";
import type { Progress } from "../progress/mod.ts";
import {
  environmentRecord,
  type PanelRecord,
  readRunResult,
  resumeObstacle,
  type RunResult,
  startRecord,
  toolRecord,
  writeRunResult,
} from "../results/mod.ts";
import { timeInference } from "./inference.ts";
import { makePanels } from "./make_panels.ts";
import { maskFolder, maskPath, runOne } from "./run_one.ts";
import { prepareModels, type RunModels } from "./run_models.ts";
import { type RunScan, scansOfSuite } from "./run_scans.ts";
import { type RunFrame, RunState } from "./run_state.ts";
import { openSegmenter } from "./segmenter.ts";
import { type LoadedSuite, suiteHash } from "./suite.ts";

/** What to run, on what, and where to. */
export interface RunRequest {
  /** The suite. */
  readonly loaded: LoadedSuite;
  /** Its scans. */
  readonly manifest: LoadedManifest;
  /** Places of scans in the manifest that are left out, since they are faulty; none if left out. */
  readonly skipped?: readonly number[];
  /** What computes. */
  readonly backend: Backend;
  /** Folder of `result.json`, `masks/` and `panels/`; it is made. */
  readonly out: string;
  /** Whether to go on with what an interrupted run left there. */
  readonly resume: boolean;
  /** Told how far the work has come. */
  readonly progress: Progress;
  /** Stops the run between two executions; what is finished stays. */
  readonly signal: AbortSignal;
}

/**
 * Runs a suite.
 *
 * @returns the results, also written to `result.json`
 * @throws InputError for models, weights or scans that do not fit; the reason of the signal
 */
export async function runSuite(request: RunRequest): Promise<RunResult> {
  const { manifest, out } = request;
  const { suite } = request.loaded;
  const isPublic = manifest.manifest.public;
  const skipped = new Set(request.skipped);
  const cases = scansOfSuite(suite, manifest.cases).filter(({ index }) => !skipped.has(index));
  request.progress.note(`preparing ${suite.models.length} models`);
  const prepared = prepareModels(request.loaded, cases);
  const frame = frameOf(request, prepared, cases);
  const resultPath = join(out, "result.json");
  const previous = request.resume ? resumable(resultPath, frame) : null;
  const state = new RunState(frame, previous);
  const save = (status: RunResult["status"]) => {
    const result = state.result(status);
    writeRunResult(resultPath, result);
    return result;
  };

  makeFolder(out);
  for (const model of prepared.models) {
    const todo = model.cases.filter(({ index }) => !state.hasPrediction(model.record, index));
    const timing = frame.timedCase !== null && !model.record.experiment &&
      model.cases.includes(cases[0]) && !state.hasInference(model.record);
    if (todo.length === 0 && !timing) continue;
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
      await runOne({ ...work, progress, signal }, state);
      save("partial");
    }
    if (timing) {
      const { slices, prediction, pass } = state.finished(model.record, cases[0].index);
      const before = request.backend.state?.();
      const timings = await timeInference({
        segmenter,
        onGpu: request.backend.device.kind === "gpu",
        scan: cases[0],
        slices,
        prediction,
        pass,
        maskPath: maskPath(folder, cases[0], isPublic),
        suite,
        progress: request.progress,
        signal: request.signal,
      });
      const after = request.backend.state?.();
      state.addInference(timings, before && after && { model: model.record.id, before, after });
      save("partial");
    }
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
      panels.push(...await makePanels({ out, one, isPublic, rows: filled, signal }));
      progress.advance();
    }
  }
  state.setPanels(panels);
}

function frameOf(
  { loaded: { suite }, backend, manifest, skipped = [] }: RunRequest,
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
      },
      environment: environmentRecord(backend),
      models: [...new Set(models.map(({ record }) => record))],
    },
    dataset: {
      name: manifest.manifest.public ? manifest.manifest.name : null,
      manifestSha256: manifest.sha256,
      ...(skipped.length > 0 ? { skipped: skipped.length } : {}),
    },
    started: startRecord(),
    combinations,
    timedCase: suite.experiments.includes("inference_time") ? cases[0].index : null,
  };
}

/** What an interrupted run left; null where there is nothing to go on with. */
function resumable(path: string, { fixed, dataset }: RunFrame): RunResult | null {
  try {
    Deno.statSync(path);
  } catch {
    return null;
  }
  const previous = readRunResult(path);
  const obstacle = resumeObstacle(previous, { ...fixed, manifestSha256: dataset.manifestSha256 });
  if (obstacle === null) return previous;
  throw new InputError(`${path} cannot be gone on with: ${obstacle}`, {
    advice: "leave out --resume to start anew, or name another --out",
  });
}

function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new InputError(`the folder ${path} could not be made: ${messageOf(error)}`, {
      cause: error,
      advice: "name another --out",
    });
  }
}
