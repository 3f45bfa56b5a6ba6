/**
 * A scan as a network sees it: windowed and resized slices in memory.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import { type PlaneSize, resizeMask, type Volume, type WindowPlan } from "../imaging/mod.ts";
import { scanSlices } from "./slices.ts";

/** A scan in the rows and columns of a network. */
export interface NetworkScan {
  /** Slices. */
  readonly slices: number;
  /** Grey values in [0, 1], order (z, y, x). */
  readonly image: Float32Array<ArrayBuffer>;
}

/** Windows and resizes all slices of a scan. */
export function networkScan(
  volume: Pick<Volume, "voxels" | "shape" | "rescale">,
  plane: PlaneSize,
  window: WindowPlan,
): NetworkScan {
  const [slices] = volume.shape;
  const size = elements(plane);
  const load = scanSlices(volume, plane, window);
  const image = new Float32Array(slices * size);
  for (let z = 0; z < slices; z++) load(z, image.subarray(z * size, (z + 1) * size));
  return { slices, image };
}

/**
 * Resizes all slices of a mask.
 *
 * @param voxels 0 or 1, order (z, y, x)
 * @param from rows and columns of the mask
 */
export function networkMask(
  voxels: Uint8Array<ArrayBuffer>,
  from: PlaneSize,
  plane: PlaneSize,
): Uint8Array<ArrayBuffer> {
  const [size, target] = [elements(from), elements(plane)];
  const slices = voxels.length / size;
  const mask = new Uint8Array(slices * target);
  for (let z = 0; z < slices; z++) {
    const slice = voxels.subarray(z * size, (z + 1) * size);
    resizeMask(slice, from, plane, mask.subarray(z * target, (z + 1) * target));
  }
  return mask;
}
