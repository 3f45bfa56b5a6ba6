/**
 * How a scan is segmented, and what comes of it.
 *
 * @module
 */

import type { Field, StackWindow } from "../imaging/mod.ts";
import type { SegmentHook } from "./phases.ts";

/** How to segment a scan whose slices are at hand. */
export interface SegmentOptions {
  /** Probability from which on a voxel is foreground. */
  readonly threshold: number;
  /** Told of each phase (default: nobody is). */
  readonly hook?: SegmentHook;
  /** Called after each execution with the slices finished since. */
  readonly onSlices?: (slices: number) => void;
  /**
   * Told of the probabilities of a slice on the scan's own grid, valid during the call. What it
   * does belongs to no phase.
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
  /** What the network saw of the slices; null: all of each. */
  readonly field: Field | null;
}
