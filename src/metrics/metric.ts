/**
 * What a metric is.
 *
 * @module
 */

import type { Grid } from "../imaging/volume.ts";

/** A number, or null with the reason why there is none. Never NaN. */
export type Measured =
  | { readonly value: number; readonly reason?: undefined }
  | { readonly value: null; readonly reason: string };

/** A measured number. */
export function measured(value: number): Measured {
  return { value };
}

/** No number, and why. */
export function undefinedBecause(reason: string): Measured {
  return { value: null, reason };
}

/** A measure of how well one binary mask predicts another. */
export interface Metric {
  /** Stable name: the key in results. */
  readonly name: string;
  /** Unit of the value: `1` for ratios, `mm` for distances. */
  readonly unit: "1" | "mm";
  /** Whether more is better, less is better, or zero is best. */
  readonly better: "higher" | "lower" | "zero";
  /**
   * Compares two masks of one grid.
   *
   * @param prediction 0 or 1 a voxel, order (z, y, x)
   * @param truth 0 or 1 a voxel, order (z, y, x)
   * @param grid shape and spacing of both
   */
  compute(prediction: Uint8Array, truth: Uint8Array, grid: MetricGrid): Measured;
}

/** What a metric needs to know of a grid. */
export type MetricGrid = Pick<Grid, "shape" | "spacing">;
