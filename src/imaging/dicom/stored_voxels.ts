/**
 * The stored values of the slices of a stack, in one array.
 *
 * @module
 */

import type { PhaseHook } from "../files.ts";
import { requireMemory } from "../memory.ts";
import { refusal } from "../refusal.ts";
import type { Rescale, StoredVoxels } from "../volume.ts";
import { sameArray, type SliceReader, storedArray, throughLut } from "./pixels.ts";
import type { Slice } from "./slice.ts";

/** The stored values of all slices in the order given; HU already where a table makes them. */
export function storedVoxels(
  slices: readonly Slice[],
  reader: SliceReader,
  onPhase: PhaseHook,
): StoredVoxels {
  const [{ format, rows, columns, transform }] = slices;
  const plane = rows * columns;
  const total = plane * slices.length;
  requireMemory(slices[0].file, total * format.allocated / 8);
  if (slices.some((slice) => !sameArray(slice.format, format))) {
    return mixedVoxels(slices, reader, onPhase);
  }
  if (transform.lut === null) {
    const voxels = onPhase("decode", () => allocate(() => storedArray(format, total)));
    reader.read(slices.map((slice, k) => ({
      slice,
      target: voxels.subarray(k * plane, (k + 1) * plane),
    })));
    return voxels;
  }
  const voxels = onPhase("decode", () => allocate(() => new Uint16Array(total)));
  const values = storedArray(format, plane);
  slices.forEach((slice, k) => {
    reader.read([{ slice, target: values }]);
    const { lut } = slice.transform;
    if (lut !== null) {
      onPhase("decode", () => throughLut(values, lut, voxels.subarray(k * plane, (k + 1) * plane)));
    }
  });
  return voxels;
}

/** Stored values of slices of several formats: each its own, in an array that all of them fit. */
function mixedVoxels(
  slices: readonly Slice[],
  reader: SliceReader,
  onPhase: PhaseHook,
): Int32Array<ArrayBuffer> {
  const plane = slices[0].rows * slices[0].columns;
  const voxels = onPhase("decode", () => allocate(() => new Int32Array(plane * slices.length)));
  slices.forEach((slice, k) => {
    const target = storedArray(slice.format, plane);
    reader.read([{ slice, target }]);
    const { lut } = slice.transform;
    onPhase("decode", () => {
      const values = lut === null ? target : new Uint16Array(plane);
      if (lut !== null) throughLut(target, lut, values as Uint16Array<ArrayBuffer>);
      voxels.set(values, k * plane);
    });
  });
  return voxels;
}

function allocate<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw refusal("too-large", "The scan does not fit into memory.", undefined, { cause });
  }
}

/** HU of slices whose rescale differs, where z is not the slice axis and cannot carry it. */
export function bakeRescale(
  stored: StoredVoxels,
  rescale: readonly Rescale[],
  plane: number,
): Float32Array<ArrayBuffer> {
  const baked = new Float32Array(stored.length);
  for (let at = 0; at < baked.length; at++) {
    const { slope, intercept } = rescale[Math.floor(at / plane)];
    baked[at] = stored[at] * slope + intercept;
  }
  return baked;
}
