/**
 * The `case` scope: from stored voxels in memory to the mask on the scan's own grid in memory.
 *
 * Slices go through in groups, stacks or batches: a feeder windows and resizes ahead of the network,
 * a collector makes mask of what comes out. Only one group is held in floating point. A backend with
 * a device of its own takes the stored slices there and does the same, to the bit.
 *
 * @module
 */

import { throwIfInterrupted } from "../base/interruption.ts";
import { elements } from "../base/shapes.ts";
import type { ScanPlan } from "../backends/scan.ts";
import {
  type Field,
  findField,
  type SliceWindower,
  sliceWindower,
  type StackWindow,
  Stitcher,
  type Volume,
  type WindowPlan,
} from "../imaging/mod.ts";
import { Collector } from "./collector.ts";
import { Feeder } from "./feeder.ts";
import { scanPlan } from "./scan_plan.ts";
import type { Segmenter } from "./segmenter.ts";
import { type Stopwatch } from "./timer.ts";

/** How to segment a scan. */
export interface SegmentOptions {
  /** Window of the scan. */
  readonly window: WindowPlan;
  /** Probability from which on a voxel is foreground. */
  readonly threshold: number;
  /** Told the time of each phase. */
  readonly stopwatch: Stopwatch;
  /** Called after each execution with the slices finished since. */
  readonly onSlices?: (slices: number) => void;
  /**
   * Told of the probabilities of a slice on the scan's own grid, valid during the call. What it
   * does is not timed.
   */
  readonly onProbabilities?: (z: number, probabilities: Float32Array<ArrayBuffer>) => void;
  /** Stops the work between two executions. */
  readonly signal?: AbortSignal;
}

/** A segmented scan. */
export interface Segmentation {
  /** 0 or 1 a voxel of the scan, order (z, y, x). */
  readonly mask: Uint8Array<ArrayBuffer>;
  /** The slices of each execution. */
  readonly groups: readonly StackWindow[];
  /** What the network saw of the slices; null: all of them. */
  readonly field: Field | null;
}

/**
 * Segments a scan: on the device where the backend takes whole scans there, else through host memory.
 * On a device all that is done to a slice counts as execution.
 *
 * @throws the reason of the signal when it is aborted
 */
export async function segment(
  volume: Volume,
  segmenter: Segmenter,
  options: SegmentOptions,
): Promise<Segmentation> {
  const { grouping } = segmenter;
  const stitcher = new Stitcher({
    slices: volume.shape[0],
    plane: elements(segmenter.plane),
    size: grouping.size,
    overlap: grouping.overlap,
    weighting: grouping.weighting,
  });
  const { stacks } = stitcher;
  const windower = sliceWindower(volume, options.window);
  const field = fieldOf(volume, segmenter, windower, options);
  const plan = segmenter.executable.scan && scanPlan(volume, segmenter, options, field, stacks);
  const mask = plan
    ? await segmentOnDevice(plan, segmenter, options)
    : await segmentThroughHost(volume, segmenter, windower, field, options, stitcher);
  return { mask, groups: stacks, field };
}

/** What the network sees of the slices of a scan; null: all. */
function fieldOf(
  { shape }: Volume,
  { field = "whole" }: Segmenter,
  windower: SliceWindower,
  { stopwatch }: SegmentOptions,
): Field | null {
  if (field === "whole") return null;
  const slice = new Float32Array(shape[1] * shape[2]);
  return stopwatch.time("window", () => findField(field, (z) => windower(z, slice), shape));
}

async function segmentThroughHost(
  volume: Volume,
  segmenter: Segmenter,
  windower: SliceWindower,
  field: Field | null,
  options: SegmentOptions,
  stitcher: Stitcher,
): Promise<Segmentation["mask"]> {
  const { executable, model } = segmenter;
  const { stopwatch, signal } = options;
  const feeder = new Feeder(volume, segmenter, windower, field, options);
  const collector = new Collector(volume, segmenter, field, options);
  const [inputName, outputName] = [executable.inputs[0].name, executable.outputs[0].name];
  const output = new Float32Array(elements(model.outputShape));
  for (const stack of stitcher.stacks) {
    const fresh = feeder.load(stack);
    stopwatch.time(
      "execute",
      () => executable.run({ [inputName]: feeder.input }, { [outputName]: output }),
    );
    stopwatch.time("stitch", () => collector.take(output, stitcher));
    options.onSlices?.(fresh);
    if (signal) await throwIfInterrupted(signal);
  }
  return collector.mask;
}

async function segmentOnDevice(
  plan: ScanPlan,
  { executable }: Segmenter,
  { stopwatch, signal, onSlices, onProbabilities }: SegmentOptions,
): Promise<Segmentation["mask"]> {
  const size = elements(plan.slice);
  const scan = executable.scan!(plan);
  try {
    for (;;) {
      const { value: finished } = stopwatch.time("execute", () => scan.next());
      if (!finished) return plan.mask;
      const { start, stop } = finished;
      if (onProbabilities) {
        stopwatch.apart(() => {
          const all = finished.probabilities();
          for (let z = start; z < stop; z++) {
            onProbabilities(z, all.subarray((z - start) * size, (z - start + 1) * size));
          }
        });
      }
      onSlices?.(stop - start);
      if (signal) await throwIfInterrupted(signal);
    }
  } finally {
    scan.return();
  }
}
