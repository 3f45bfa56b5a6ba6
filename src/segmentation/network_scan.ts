/**
 * A scan as a network sees it: windowed and resized slices in memory.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import {
  type Field,
  type PlaneSize,
  resizeMask,
  type Volume,
  type WindowPlan,
} from "../imaging/mod.ts";
import type { NetworkShape } from "./network_shape.ts";
import { scanField, scanSlices } from "./slices.ts";

/** A scan in the rows and columns of a network. */
export interface NetworkScan {
  /** Slices. */
  readonly slices: number;
  /** Grey values in [0, 1], order (z, y, x). */
  readonly image: Float32Array<ArrayBuffer>;
  /** What was taken of the slices of the scan; null: all of each. */
  readonly field: Field | null;
}

/** Windows and resizes all slices of a scan, or what a network sees of them. */
export function networkScan(
  volume: Pick<Volume, "voxels" | "shape" | "rescale">,
  { plane, field: choice }: Pick<NetworkShape, "plane" | "field">,
  window: WindowPlan,
): NetworkScan {
  const [slices] = volume.shape;
  const size = elements(plane);
  const field = scanField(volume, { field: choice }, window);
  const load = scanSlices(volume, plane, window, field);
  const image = new Float32Array(slices * size);
  for (let z = 0; z < slices; z++) load(z, image.subarray(z * size, (z + 1) * size));
  return { slices, image, field };
}

/**
 * Resizes all slices of a mask.
 *
 * @param voxels 0 or 1, order (z, y, x)
 * @param from rows and columns of the mask
 * @param field what is taken of its slices; null: all of each
 */
export function networkMask(
  voxels: Uint8Array<ArrayBuffer>,
  from: PlaneSize,
  plane: PlaneSize,
  field: Field | null = null,
): Uint8Array<ArrayBuffer> {
  const [size, target] = [elements(from), elements(plane)];
  const slices = voxels.length / size;
  const mask = new Uint8Array(slices * target);
  for (let z = 0; z < slices; z++) {
    const slice = voxels.subarray(z * size, (z + 1) * size);
    resizeMask(slice, from, plane, mask.subarray(z * target, (z + 1) * target), field ?? undefined);
  }
  return mask;
}
