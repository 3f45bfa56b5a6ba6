/**
 * Hounsfield units of a volume, slice by slice: a scan is never blown up to floats as a whole.
 *
 * HU = stored * slope + intercept in double precision, rounded once to single: what SimpleITK and
 * nibabel give as float32.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Rescale, StoredVoxels, Volume } from "./volume.ts";

/** What of a volume its HU need. */
export type HounsfieldSource = Pick<Volume, "voxels" | "shape" | "rescale">;

/** The rescale of a slice. */
export function rescaleOf(volume: Pick<Volume, "rescale">, z: number): Rescale {
  return volume.rescale.length === 1 ? volume.rescale[0] : volume.rescale[z];
}

/**
 * HU of slice `z`, index y * X + x.
 *
 * @param out filled and returned if given, else a new array
 *
 * @example
 * ```ts
 * import { hounsfieldSlice } from "./hounsfield.ts";
 * import assert from "node:assert/strict";
 * const hu = hounsfieldSlice({
 *   voxels: Int16Array.of(0, 1000, 2000, 3000),
 *   shape: [2, 1, 2],
 *   rescale: [{ slope: 1, intercept: -1024 }],
 * }, 1);
 * assert.deepEqual([...hu], [976, 1976]);
 * ```
 */
export function hounsfieldSlice(
  volume: HounsfieldSource,
  z: number,
  out?: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  const plane = volume.shape[1] * volume.shape[2];
  const target = out ?? new Float32Array(plane);
  const stored = volume.voxels.subarray(z * plane, (z + 1) * plane);
  const { slope, intercept } = rescaleOf(volume, z);
  if (slope === 1 && intercept === 0) target.set(stored);
  else rescaleInto(stored, slope, intercept, target);
  return target;
}

function rescaleInto(
  stored: StoredVoxels,
  slope: number,
  intercept: number,
  target: Float32Array,
): void {
  for (let at = 0; at < target.length; at++) target[at] = stored[at] * slope + intercept;
}

/**
 * SHA-256 of the HU of a whole volume as little-endian float32 in z, y, x order: the same for the
 * same scan in any format and orientation.
 */
export function huSha256(volume: HounsfieldSource): string {
  return summarise(volume, false).sha256;
}

/** Facts of the HU of a volume. */
export interface HounsfieldSummary {
  /** As `huSha256`. */
  readonly sha256: string;
  /** Smallest finite HU, null where none is finite. */
  readonly min: number | null;
  /** Largest finite HU, null where none is finite. */
  readonly max: number | null;
}

/** Hash and range of the HU, in one pass. */
export function hounsfieldSummary(volume: HounsfieldSource): HounsfieldSummary {
  return summarise(volume, true);
}

function summarise(volume: HounsfieldSource, range: boolean): HounsfieldSummary {
  const hash = createHash("sha256");
  const slice = new Float32Array(volume.shape[1] * volume.shape[2]);
  let min = Infinity;
  let max = -Infinity;
  for (let z = 0; z < volume.shape[0]; z++) {
    hounsfieldSlice(volume, z, slice);
    hash.update(new Uint8Array(slice.buffer));
    if (!range) continue;
    for (let at = 0; at < slice.length; at++) {
      const hu = slice[at];
      if (hu < min && hu > -Infinity) min = hu;
      if (hu > max && hu < Infinity) max = hu;
    }
  }
  return {
    sha256: hash.digest("hex"),
    min: min === Infinity ? null : min,
    max: max === -Infinity ? null : max,
  };
}
