/**
 * Where the slices of a network come from.
 *
 * @module
 */

import { elements } from "../base/shapes.ts";
import {
  type Field,
  findField,
  imageResizer,
  type PlaneSize,
  samePlane,
  sliceWindower,
  type Volume,
  type WindowPlan,
} from "../imaging/mod.ts";
import type { NetworkShape } from "./network_shape.ts";
import { type SegmentHook, untimed } from "./phases.ts";

/** Writes slice `z` of a scan as a network sees it: grey values in [0, 1], rows by columns. */
export type SliceSource = (z: number, target: Float32Array<ArrayBuffer>) => void;

/**
 * What a network sees of the slices of a scan; null: all of each.
 *
 * @param hook told of the phase `window`
 */
export function scanField(
  volume: Pick<Volume, "voxels" | "shape" | "rescale">,
  { field = "whole" }: Pick<NetworkShape, "field">,
  window: WindowPlan,
  hook: SegmentHook = untimed,
): Field | null {
  if (field === "whole") return null;
  const { shape } = volume;
  const windowed = sliceWindower(volume, window);
  const slice = new Float32Array(shape[1] * shape[2]);
  return hook.time("window", () => findField(field, (z) => windowed(z, slice), shape));
}

/**
 * The slices of a scan, windowed and resized.
 *
 * @param plane rows and columns that the network makes of what it sees
 * @param field what it sees of them; null: all
 * @param hook told of the phases `window` and `resize`
 */
export function scanSlices(
  volume: Pick<Volume, "voxels" | "shape" | "rescale">,
  plane: PlaneSize,
  window: WindowPlan,
  field: Field | null = null,
  hook: SegmentHook = untimed,
): SliceSource {
  const [, height, width] = volume.shape;
  const windowed = sliceWindower(volume, window);
  if (field === null && samePlane([height, width], plane)) {
    return (z, target) => void hook.time("window", () => windowed(z, target));
  }
  const resize = imageResizer([height, width], plane, field ?? undefined);
  const slice = new Float32Array(height * width);
  return (z, target) => {
    hook.time("window", () => windowed(z, slice));
    hook.time("resize", () => resize(slice, target));
  };
}

/**
 * Slices that are in memory as a network sees them.
 *
 * @param image grey values in [0, 1], order (z, y, x)
 */
export function memorySlices(
  image: Float32Array<ArrayBuffer>,
  plane: PlaneSize,
): SliceSource {
  const size = elements(plane);
  return (z, target) => target.set(image.subarray(z * size, (z + 1) * size));
}
