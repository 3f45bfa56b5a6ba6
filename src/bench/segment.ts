/**
 * The `case` scope: from stored voxels in memory to the mask on the scan's own grid in memory.
 *
 * Slices go through in groups, stacks or batches; only one group is held in floating point.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import {
  imageResizer,
  probabilityResizer,
  type StackWindow,
  Stitcher,
  threshold,
  type Volume,
  type WindowPlan,
  windowSlice,
} from "../imaging/mod.ts";
import { throwIfInterrupted } from "../base/interruption.ts";
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
}

/**
 * Segments a scan.
 *
 * @throws the reason of the signal when it is aborted
 */
export async function segment(
  volume: Volume,
  segmenter: Segmenter,
  options: SegmentOptions,
): Promise<Segmentation> {
  const { executable, grouping, plane, model } = segmenter;
  const { stopwatch, signal, onProbabilities } = options;
  const [slices, height, width] = volume.shape;
  const size = elements(plane);
  const stitcher = new Stitcher({
    slices,
    plane: size,
    size: grouping.size,
    overlap: grouping.overlap,
    weighting: grouping.weighting,
  });
  const shrink = imageResizer([height, width], plane);
  const back = probabilityResizer(plane, [height, width]);
  const windowed = new Float32Array(height * width);
  const input = new Float32Array(elements(model.inputShape));
  const output = new Float32Array(elements(model.outputShape));
  const probabilities = new Float32Array(grouping.size * size);
  const onGrid = new Float32Array(height * width);
  const mask = new Uint8Array(elements(volume.shape));
  const [inputName, outputName] = [executable.inputs[0].name, executable.outputs[0].name];
  // (batch, channel, plane) for slices, (channel, plane) with one channel for stacks
  const channels = model.inputShape[1];

  let loaded = 0;
  for (const { start, stop } of stitcher.stacks) {
    // slices that the last stack had too are windowed already
    const kept = Math.max(loaded - start, 0);
    if (kept > 0) input.copyWithin(0, (grouping.size - grouping.overlap) * size * channels);
    for (let z = start + kept; z < stop; z++) {
      const at = (z - start) * channels * size;
      stopwatch.time("window", () => windowSlice(volume, z, options.window, windowed));
      stopwatch.time("resize", () => {
        shrink(windowed, input.subarray(at, at + size));
        for (let c = 1; c < channels; c++) input.copyWithin(at + c * size, at, at + size);
      });
    }
    loaded = stop;
    input.fill(0, (stop - start) * channels * size);
    stopwatch.time(
      "execute",
      () => executable.run({ [inputName]: input }, { [outputName]: output }),
    );
    stopwatch.time("stitch", () => {
      pickForeground(output, probabilities, segmenter);
      stitcher.add(probabilities, (z, finished) => {
        const target = mask.subarray(z * height * width, (z + 1) * height * width);
        threshold(back(finished, onGrid), options.threshold, target);
        if (onProbabilities) stopwatch.apart(() => onProbabilities(z, onGrid));
      });
    });
    options.onSlices?.(stop - start - kept);
    if (signal) await throwIfInterrupted(signal);
  }
  return {
    mask,
    groups: stitcher.stacks,
  };
}

/** The foreground's channel of an output, (slices, channels, plane) or (channels, slices, plane). */
function pickForeground(
  output: Float32Array<ArrayBuffer>,
  probabilities: Float32Array<ArrayBuffer>,
  { model, grouping, plane }: Segmenter,
): void {
  const channels = model.outputShape[1];
  const size = elements(plane);
  if (channels === 1) return probabilities.set(output);
  const [perSlice, perChannel] = model.dimensions === 2
    ? [channels * size, size]
    : [size, grouping.size * size];
  for (let s = 0; s < grouping.size; s++) {
    const from = s * perSlice + model.foreground * perChannel;
    probabilities.set(output.subarray(from, from + size), s * size);
  }
}
