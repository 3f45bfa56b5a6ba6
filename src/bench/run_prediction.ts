/**
 * One scan of a run through one model, and all that is measured of it while it is in memory.
 *
 * @module
 */

import { join } from "node:path";
import { InputError, NumericalError } from "../base/errors.ts";
import { type LoadedCase, readCaseTruth } from "../datasets/mod.ts";
import type { RunScan } from "./run_scans.ts";
import { type MaskFile, planWindow, type Volume } from "../imaging/mod.ts";
import { peakMemory, resetPeakMemory } from "../platform/mod.ts";
import type { Progress } from "../progress/mod.ts";
import type { Watch } from "../results/experiments/experiment.ts";
import { EXPERIMENTS } from "../results/experiments/mod.ts";
import { type ExperimentName, type ModelRecord, warning } from "../results/mod.ts";
import { huBaseline } from "./hu_baseline.ts";
import { caseRecord, predictionRecord } from "./records.ts";
import { runCase } from "./run_case.ts";
import type { RunState } from "./run_state.ts";
import type { Segmenter } from "../segmentation/mod.ts";
import type { Suite } from "./suite.ts";

/** What to run, and where its records go. */
export interface PredictionRequest {
  /** The suite. */
  readonly suite: Suite;
  /** Whether ids may be told. */
  readonly isPublic: boolean;
  /** The model as results tell of it. */
  readonly model: ModelRecord;
  /** The model. */
  readonly segmenter: Segmenter;
  /** The scan. */
  readonly one: RunScan;
  /** Folder of the model's masks. */
  readonly folder: string;
  /** What to call the work. */
  readonly label: string;
  /** Told how far it has come. */
  readonly progress: Progress;
  /** Stops the work between two executions. */
  readonly signal: AbortSignal;
}

/**
 * Runs a scan and adds its records to a run. Where the numbers of the network are not finite, that
 * the model failed on the scan is recorded.
 *
 * @throws InputError that names the case; the reason of the signal
 */
export async function runPrediction(request: PredictionRequest, state: RunState): Promise<void> {
  const { suite, isPublic, model, one, folder, label, progress } = request;
  const measuring = measuringExperiments(request);
  const found: { volume?: Volume; truth: MaskFile | null; watches: Watches } = {
    truth: null,
    watches: [],
  };
  resetPeakMemory();
  const run = await inCase(one, () =>
    runCase(one, request.segmenter, {
      threshold: suite.threshold,
      maskPath: maskPath(folder, one, isPublic),
      onRead: (volume) => {
        found.volume = volume;
        found.truth = truthOf(one, volume);
        found.watches = watchesOf(measuring, request, volume, found.truth);
        progress.start(label, volume.shape[0]);
      },
      onProbabilities: measuring.some(({ measuring }) => measuring.probabilities)
        ? (z, probabilities) => {
          for (const [, watch] of found.watches) watch.onProbabilities?.(z, probabilities);
        }
        : undefined,
      onSlices: (slices) => progress.advance(slices),
      signal: request.signal,
    })).catch((error) => {
      if (error instanceof NumericalError) return error;
      throw error;
    });
  progress.stop();
  const peakRss = peakMemory();
  const { truth, watches } = found;
  const volume = found.volume!;
  if (!state.hasCase(one.index)) await recordCase(request, volume, truth, state);
  if (run instanceof NumericalError) {
    progress.note(`${label}: failed: ${run.message}`);
    return state.addFailure(model, one.index, run.message);
  }
  const { segmentation } = run;
  if (model.field === "lungs" && segmentation.field === null) {
    state.warn(warning("field", `no lungs were found in scan ${one.index}: all of it was seen`));
  }
  const key = { model: model.id, case: one.index };
  state.addPrediction({
    prediction: predictionRecord(model, one, segmentation, volume, truth),
    timing: {
      ...key,
      phases: run.phases,
      caseSeconds: run.caseSeconds,
      endToEndSeconds: run.endToEndSeconds,
      peakRss,
    },
    entries: watches.map(([name, watch]) => [name, watch.end(segmentation.mask)]),
  });
}

/** Records a scan, and what was noticed of it. */
async function recordCase(
  { one, isPublic }: PredictionRequest,
  volume: Volume,
  truth: MaskFile | null,
  state: RunState,
): Promise<void> {
  const huThreshold = truth && await inCase(one, () => huBaseline(one, volume, truth));
  const record = caseRecord(one, isPublic, volume, planWindow(volume, one.window), truth);
  state.addCase({ ...record, ...(huThreshold ? { huThreshold } : {}) });
  for (const { kind, rule, message } of record.notes) {
    if (kind !== "warning") continue;
    state.warn(warning(rule === "window" ? "window" : "ingest", message));
  }
}

/** What experiments keep of one scan, by their names. */
type Watches = readonly (readonly [ExperimentName, Watch<unknown>])[];

/** The suite's experiments that measure masks of this model: it is trained, and the suite's own. */
function measuringExperiments({ suite, model }: PredictionRequest) {
  if (model.weights.source !== "file" || model.experiment) return [];
  return EXPERIMENTS.flatMap(({ key, measuring }) =>
    measuring?.applies(model) && suite.experiments.includes(key) ? [{ key, measuring }] : []
  );
}

/** Begins to watch a scan; nothing is to be seen where there is no truth. */
function watchesOf(
  experiments: ReturnType<typeof measuringExperiments>,
  { suite, model, one }: PredictionRequest,
  volume: Volume,
  truth: MaskFile | null,
): Watches {
  if (truth === null) return [];
  const scan = {
    model: model.id,
    case: one.index,
    truth: truth.voxels,
    grid: volume,
    caveats: one.caveats,
    threshold: suite.threshold,
  };
  return experiments.map(({ key, measuring }) => [key, measuring.begin(scan)] as const);
}

/**
 * The truth of a scan; null where the manifest names none.
 *
 * @throws InputError where it cannot be read or lies on another grid
 */
export function truthOf(one: LoadedCase, volume: Volume): MaskFile | null {
  return readCaseTruth(one, volume);
}

/** Says which case an error came from. */
export async function inCase<T>(one: LoadedCase, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`case ${one.index} (${one.id}): ${error.message}`, {
      cause: error,
      advice: error.advice,
      details: error.details,
    });
  }
}

/** Folder of the masks of a model. */
export function maskFolder(out: string, model: string): string {
  return join(out, "masks", model.replaceAll(/[:#@]/g, "-"));
}

/** What a case goes by. */
export type NamedCase = Pick<LoadedCase, "index" | "id">;

/** Masks go by the id only where the manifest is public. */
export function maskPath(folder: string, one: NamedCase, isPublic: boolean): string {
  return join(folder, `${caseName(one, isPublic)}.nii.gz`);
}

/** What files of a case are called. */
export function caseName({ index, id }: NamedCase, isPublic: boolean): string {
  return isPublic ? id : `case-${String(index).padStart(3, "0")}`;
}
