/**
 * One scan of a run through one model, and all that is measured of it while it is in memory.
 *
 * @module
 */

import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import type { LoadedCase } from "../datasets/mod.ts";
import { withCaveats } from "./caveats.ts";
import type { RunScan } from "./run_scans.ts";
import { type Mask, readMask, requireSameGrid, type Volume } from "../imaging/mod.ts";
import { peakMemory, resetPeakMemory } from "../platform/mod.ts";
import type { Progress } from "../progress/mod.ts";
import type { ModelRecord, WarningRecord } from "../results/mod.ts";
import { measureSmoothed } from "./experiments/smoothing_control.ts";
import { sweptThresholds, ThresholdSweep } from "./experiments/threshold_sweep.ts";
import { huBaseline } from "./hu_baseline.ts";
import { caseRecord, predictionRecord } from "./records.ts";
import { runCase } from "./run_case.ts";
import type { RunState } from "./run_state.ts";
import type { Segmenter } from "./segmenter.ts";
import type { Suite } from "./suite.ts";

/** What to run, and where its records go. */
export interface OneRequest {
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
 * Runs a scan and adds its records to a run.
 *
 * @throws InputError that names the case; the reason of the signal
 */
export async function runOne(request: OneRequest, state: RunState): Promise<void> {
  const { suite, isPublic, model, one, folder, label, progress } = request;
  const asked = accuracyAsked(request);
  const sweep = asked("threshold_sweep") && new ThresholdSweep(sweptThresholds(suite.threshold));
  const found: { truth: Mask | null } = { truth: null };
  resetPeakMemory();
  const run = await inCase(one, () =>
    runCase(one, request.segmenter, {
      threshold: suite.threshold,
      maskPath: maskPath(folder, one, isPublic),
      onRead: (volume) => {
        found.truth = truthOf(one, volume);
        progress.start(label, volume.shape[0]);
      },
      onProbabilities: sweep
        ? (z, probabilities) => {
          const size = probabilities.length;
          const truth = found.truth?.voxels.subarray(z * size, (z + 1) * size);
          if (truth) sweep.add(probabilities, truth);
        }
        : undefined,
      onSlices: (slices) => progress.advance(slices),
      signal: request.signal,
    }));
  progress.stop();
  const peakRss = peakMemory();
  const { truth } = found;
  const { volume, segmentation, window } = run;
  if (!state.hasCase(one.index)) {
    const huThreshold = truth && await inCase(one, () => huBaseline(one, volume, truth));
    const record = caseRecord(one, isPublic, volume, window, truth);
    state.addCase({ ...record, ...(huThreshold ? { huThreshold } : {}) });
    for (const message of window.warnings) {
      state.warn({ code: "window", message, advice: "name a window preset such as lung" });
    }
  }
  if (model.field === "lungs" && segmentation.field === null) state.warn(NO_LUNGS);
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
    smoothed: truth && model.dimensions === 2 && asked("smoothing_control")
      ? {
        ...key,
        metrics: withCaveats(
          measureSmoothed(segmentation.mask, truth.voxels, volume),
          one.caveats,
        ),
      }
      : null,
    swept: truth && sweep ? { ...key, ...sweep.counts() } : null,
  });
}

const NO_LUNGS: WarningRecord = {
  code: "field",
  message: "in a scan no lungs were found: its whole slices were seen",
  advice: "look at its mask; if the scan holds no lungs, choose the field whole",
};

/** Whether an experiment on the accuracy of the suite's own models wants a scan of this model. */
function accuracyAsked({ suite, model }: OneRequest) {
  const speaks = model.weights.source === "file" && !model.experiment;
  return (name: Suite["experiments"][number]) => speaks && suite.experiments.includes(name);
}

/**
 * The truth of a scan; null where the manifest names none.
 *
 * @throws InputError where it cannot be read or lies on another grid
 */
export function truthOf({ truth }: LoadedCase, volume: Volume): Mask | null {
  if (truth === null) return null;
  const mask = readMask(truth);
  requireSameGrid(volume, mask);
  return mask;
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

/** Masks go by the id only where the manifest is public. */
export function maskPath(folder: string, one: LoadedCase, isPublic: boolean): string {
  return join(folder, `${caseName(one, isPublic)}.nii.gz`);
}

/** What files of a case are called. */
export function caseName({ index, id }: LoadedCase, isPublic: boolean): string {
  return isPublic ? id : `case-${String(index).padStart(3, "0")}`;
}
