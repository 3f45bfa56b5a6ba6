/**
 * From the bytes of a slice to stored values (PS3.5 section 8.1).
 *
 * Bytes are read straight to where the slice lies in the volume and made values in place, so a
 * scan is in memory once. Typed arrays are little-endian on every machine Deno runs on.
 *
 * @module
 */

import type { PhaseHook } from "../files.ts";
import { readInto } from "../files.ts";
import { refusal } from "../refusal.ts";
import type { StoredVoxels } from "../volume.ts";
import type { PixelFormat } from "./pixel_format.ts";
import type { ModalityLut } from "./grey_levels.ts";
import type { Slice } from "./slice.ts";

/** Arrays that stored values fit. */
export type StoredArray =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>;

/** An array for `count` values of a format. */
export function storedArray(format: PixelFormat, count: number): StoredArray {
  if (format.allocated === 8) return format.signed ? new Int8Array(count) : new Uint8Array(count);
  return format.signed ? new Int16Array(count) : new Uint16Array(count);
}

/** Fills `target` with the stored values of a slice, row by row. */
export function readSlice(slice: Slice, target: StoredArray, onPhase: PhaseHook): void {
  const { bytes, offset } = slice.pixels;
  const raw = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  if (bytes !== null) raw.set(bytes.subarray(offset, offset + raw.length));
  else {
    const read = onPhase("read", () => readInto(slice.path, offset, raw));
    if (read < raw.length) {
      throw refusal("truncated", `${slice.file} lost bytes while it was being read.`);
    }
  }
  onPhase("decode", () => decodeInPlace(target, slice.format));
}

/** Makes raw little- or big-endian bytes the values they stand for. */
function decodeInPlace(values: StoredArray, format: PixelFormat): void {
  if (format.swapped) swapPairs(values);
  const drop = format.high + 1 - format.stored;
  if (format.stored === format.allocated) return;
  if (format.signed) {
    // The array is signed: shifting the sign bit to the top and back extends it.
    const up = 32 - (format.high + 1);
    const down = up + drop;
    for (let at = 0; at < values.length; at++) values[at] = (values[at] << up) >> down;
  } else {
    const mask = 2 ** format.stored - 1;
    for (let at = 0; at < values.length; at++) values[at] = (values[at] >> drop) & mask;
  }
}

function swapPairs(values: StoredArray): void {
  const pairs = new Uint8Array(values.buffer, values.byteOffset, values.byteLength & ~1);
  for (let at = 0; at < pairs.length; at += 2) {
    const first = pairs[at];
    pairs[at] = pairs[at + 1];
    pairs[at + 1] = first;
  }
}

/** The HU that a Modality LUT gives for each stored value. */
export function throughLut(
  values: StoredArray,
  lut: ModalityLut,
  target: Uint16Array<ArrayBuffer>,
): void {
  const last = lut.values.length - 1;
  for (let at = 0; at < values.length; at++) {
    target[at] = lut.values[Math.max(0, Math.min(last, values[at] - lut.first))];
  }
}

/** Whether two slices hold the same values. */
export function sameValues(a: StoredVoxels, b: StoredVoxels): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}
