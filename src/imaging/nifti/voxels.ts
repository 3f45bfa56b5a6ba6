/**
 * From the bytes of a NIfTI file to an array of voxels.
 *
 * @module
 */

import { refusal } from "../refusal.ts";
import type { IngestNote, StoredVoxels } from "../volume.ts";
import { type Datatype, DATATYPES } from "./header.ts";

/**
 * The voxels in a stretch of bytes, on the same memory where that is possible; bytes of the other
 * order are swapped in place.
 *
 * 64-bit integers become int32 where all values fit, else float64 where all are exact.
 */
export function voxelsOf(
  file: string,
  bytes: Uint8Array<ArrayBuffer>,
  datatype: Datatype,
  littleEndian: boolean,
  notes: IngestNote[],
): StoredVoxels {
  const size = DATATYPES[datatype].bytes;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  if (!littleEndian) swapBytes(aligned, size);
  const { buffer, byteOffset, length } = aligned;
  const count = length / size;
  switch (datatype) {
    case 2:
      return new Uint8Array(buffer, byteOffset, count);
    case 4:
      return new Int16Array(buffer, byteOffset, count);
    case 8:
      return new Int32Array(buffer, byteOffset, count);
    case 16:
      return noteNonFinite(new Float32Array(buffer, byteOffset, count), notes);
    case 64:
      return noteNonFinite(new Float64Array(buffer, byteOffset, count), notes);
    case 256:
      return new Int8Array(buffer, byteOffset, count);
    case 512:
      return new Uint16Array(buffer, byteOffset, count);
    case 768:
      return new Uint32Array(buffer, byteOffset, count);
    case 1024:
      return narrowed(file, new BigInt64Array(buffer, byteOffset, count), notes);
    case 1280:
      return narrowed(file, new BigUint64Array(buffer, byteOffset, count), notes);
  }
}

function swapBytes(bytes: Uint8Array, size: number): void {
  if (size === 1) return;
  for (let at = 0; at < bytes.length; at += size) {
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      const byte = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = byte;
    }
  }
}

function narrowed(
  file: string,
  wide: BigInt64Array | BigUint64Array,
  notes: IngestNote[],
): Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  let least = 0n;
  let most = 0n;
  for (const value of wide) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const exact = BigInt(Number.MAX_SAFE_INTEGER);
  if (least < -exact || most > exact) {
    throw refusal(
      "datatype",
      `${file} has 64-bit voxels beyond 2^53, which no other type can hold.`,
    );
  }
  const fits = least >= -(2n ** 31n) && most < 2n ** 31n;
  notes.push({
    kind: "found",
    rule: "64-bit",
    message: `64-bit integers are held as ${fits ? "int32" : "float64"}, exactly`,
  });
  const narrow = fits ? new Int32Array(wide.length) : new Float64Array(wide.length);
  for (let at = 0; at < wide.length; at++) narrow[at] = Number(wide[at]);
  return narrow;
}

function noteNonFinite<T extends Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(
  voxels: T,
  notes: IngestNote[],
): T {
  let count = 0;
  for (let at = 0; at < voxels.length; at++) if (!Number.isFinite(voxels[at])) count++;
  if (count > 0) {
    notes.push({
      kind: "warning",
      rule: "not-finite",
      message: `${count} voxels are NaN or infinite; a window makes NaN 0`,
    });
  }
  return voxels;
}
