/**
 * What a metric is.
 *
 * @module
 */

import type { MaskPair } from "./mask_pair.ts";

/** A number, or null with the reason why there is none. Never NaN. */
export type Measured =
  | { readonly value: number; readonly reason?: undefined }
  | { readonly value: null; readonly reason: string };

/** The range of a share. */
export const SHARE: Metric["range"] = [0, 1];
/** The range of a correlation. */
export const CORRELATION: Metric["range"] = [-1, 1];
/** The range of a distance or a count. */
export const FROM_ZERO: Metric["range"] = [0, Infinity];
/** The range of a signed difference. */
export const SIGNED: Metric["range"] = [-Infinity, Infinity];

/** A measured number. */
export function measured(value: number): Measured {
  return { value };
}

/** No number, and why. */
export function undefinedBecause(reason: string): Measured {
  return { value: null, reason };
}

/**
 * Something a metric rests on, without which its number means nothing: that the spacing is known,
 * that no slice is missing in between, that slices without lesion are there too.
 */
export type Need = "spacing" | "contiguity" | "presence";

/** A measure of a pair of masks: how well one predicts the other, or what one of them is like. */
export interface Metric {
  /** Stable name: the key in results. */
  readonly name: string;
  /** Unit of the value: `1` for ratios and counts, `mm` for distances, `slices` for shifts. */
  readonly unit: "1" | "mm" | "slices" | "per 100 slices";
  /** Which value is best; `none` where the number describes a mask and does not judge it. */
  readonly better: "higher" | "lower" | "zero" | "none";
  /** Smallest and largest value that there can be. */
  readonly range: readonly [number, number];
  /** What a scan must have for the number to mean something. */
  readonly needs: readonly Need[];
  /** Measures a pair of masks of one grid. */
  compute(pair: MaskPair): Measured;
}
