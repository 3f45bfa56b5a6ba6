/**
 * What an augmentation changes: slices of an image with their masks.
 *
 * @module
 */

import type { Random } from "../base/random.ts";

/** A sample: slices of an image with their masks. */
export interface Sample {
  /** Grey values in [0, 1], order (z, y, x). */
  readonly image: Float32Array<ArrayBuffer>;
  /** 0 or 1, order (z, y, x). */
  readonly target: Float32Array<ArrayBuffer>;
  /** Slices, rows, columns. */
  readonly shape: readonly [slices: number, height: number, width: number];
}

/** Changes a sample in place. */
export type Augmentation = (sample: Sample, draw: Random) => void;
