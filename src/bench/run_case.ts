/**
 * One scan through one model, from files on disk to a mask file on disk.
 *
 * @module
 */

import { type LoadedCase, readCaseScan } from "../datasets/mod.ts";
import { planWindow, type Volume, type WindowPlan, writeMask } from "../imaging/mod.ts";
import {
  type Network,
  segment,
  type Segmentation,
  type SegmentOptions,
} from "../segmentation/mod.ts";
import { type Clock, monotonic, type Phase, Stopwatch } from "./timer.ts";

/** How to run a scan. */
export interface CaseOptions {
  /** Probability from which on a voxel is foreground. */
  readonly threshold: number;
  /** Where to write the mask. */
  readonly maskPath: string;
  /** Told of the scan once it is read; what it does is not timed. */
  readonly onRead?: (volume: Volume) => void;
  /** Told of the probabilities of a slice; what it does is not timed. */
  readonly onProbabilities?: SegmentOptions["onProbabilities"];
  /** Told of slices as they are finished. */
  readonly onSlices?: (slices: number) => void;
  /** Stops the work between two executions. */
  readonly signal?: AbortSignal;
}

/** A scan that was run, with its times in seconds. */
export interface CaseRun {
  /** The scan. */
  readonly volume: Volume;
  /** Window that was applied. */
  readonly window: WindowPlan;
  /** What the model made of it. */
  readonly segmentation: Segmentation;
  /** Seconds of each phase. */
  readonly phases: Partial<Record<Phase, number>>;
  /** From stored voxels to mask, both in memory. */
  readonly caseSeconds: number;
  /** From files on disk to the mask file on disk. */
  readonly endToEndSeconds: number;
}

/**
 * Reads, segments and writes.
 *
 * @throws InputError when the scan cannot be read or windowed, or the mask not be written
 */
export async function runCase(
  { window, ...one }: Pick<LoadedCase, "image" | "window" | "reading">,
  network: Network,
  options: CaseOptions,
  clock: Clock = monotonic,
): Promise<CaseRun> {
  const stopwatch = new Stopwatch(clock);
  const start = stopwatch.now();
  const volume = readCaseScan(one, { onPhase: (phase, work) => stopwatch.time(phase, work) });
  stopwatch.apart(() => options.onRead?.(volume));
  const inMemory = stopwatch.now();
  const plan = planWindow(volume, window);
  const segmentation = await segment(volume, network, {
    window: plan,
    threshold: options.threshold,
    hook: stopwatch,
    onSlices: options.onSlices,
    onProbabilities: options.onProbabilities,
    signal: options.signal,
  });
  const caseSeconds = stopwatch.now() - inMemory;
  stopwatch.time("write", () => writeMask(options.maskPath, segmentation.mask, volume));
  return {
    volume,
    window: plan,
    segmentation,
    phases: stopwatch.seconds(),
    caseSeconds,
    endToEndSeconds: stopwatch.now() - start,
  };
}
