/**
 * From the bytes of slices to stored values (PS3.5 section 8.1 and annex A.4).
 *
 * Plain bytes are read straight to where the slice lies in the volume and made values in place, so
 * a scan is in memory once. Compressed frames are decoded by workers, many at a time. Typed arrays
 * are little-endian on every machine Deno runs on.
 *
 * @module
 */

import type { PhaseHook } from "../files.ts";
import { readInto } from "../files.ts";
import { refusal } from "../refusal.ts";
import type { StoredVoxels } from "../volume.ts";
import { DecoderPool, type Frame } from "./codecs/pool.ts";
import type { PixelFormat } from "./pixel_format.ts";
import type { ModalityLut } from "./grey_levels.ts";
import type { ReadableFrame, Slice } from "./slice.ts";

/** Arrays that stored values of one format fit. */
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

/** Whether values of two formats fit arrays of one type. */
export function sameArray(a: PixelFormat, b: PixelFormat): boolean {
  return a.allocated === b.allocated && a.signed === b.signed;
}

/** A slice to read, and where its values go, row by row. */
export interface Reading {
  /** The slice. */
  readonly slice: Slice;
  /** As many values as it has, of its format. */
  readonly target: StoredArray;
}

/** Reads slices; it holds the workers that decode compressed ones, and ends them. */
export class SliceReader implements Disposable {
  readonly #onPhase: PhaseHook;
  readonly #pool = new DecoderPool();
  readonly #surplus: Slice[] = [];

  /** A reader that tells of each piece of its work. */
  constructor(onPhase: PhaseHook) {
    this.#onPhase = onPhase;
  }

  /**
   * Fills the target of each slice with its stored values.
   *
   * @throws InputError for a slice whose bytes are not all there, or cannot be decoded
   */
  read(readings: readonly Reading[]): void {
    const frames: Frame[] = [];
    for (const { slice, target } of readings) {
      if (slice.pixels.frame === null) this.#readPlain(slice, target);
      else {
        frames.push(frameOf(slice, slice.pixels.frame, target, () => this.#finish(slice, target)));
      }
    }
    if (frames.length === 0) return;
    this.#pool.decode(frames, {
      load: (work) => this.#onPhase("read", work),
      decode: (work) => this.#onPhase("decode", work),
    });
  }

  /** The slices that were read and have bits set beside those that count. */
  get surplusBits(): readonly Slice[] {
    return this.#surplus;
  }

  /** Ends the workers. */
  [Symbol.dispose](): void {
    this.#pool[Symbol.dispose]();
  }

  #readPlain(slice: Slice, target: StoredArray): void {
    const { bytes, offset } = slice.pixels;
    const raw = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    if (bytes !== null) raw.set(bytes.subarray(offset, offset + raw.length));
    else {
      const read = this.#onPhase("read", () => readInto(slice.path, offset, raw));
      if (read < raw.length) throw lostBytes(slice);
    }
    this.#onPhase("decode", () => this.#finish(slice, target));
  }

  #finish(slice: Slice, target: StoredArray): void {
    if (decodeInPlace(target, slice.format)) {
      if (slice.pixels.frame?.stream.rounded) throw overflowing(slice);
      this.#surplus.push(slice);
    }
    if (!slice.format.signStated) requireNoSign(slice, target);
  }
}

/** No overlay outlives rounding: the header is wrong, and values near its limits would wrap around. */
function overflowing({ file, format, pixels }: Slice): Error {
  return refusal(
    "bits",
    `${file}: its lossy ${pixels.frame?.stream.name} frame has bits beside the ` +
      `${format.stored} that BitsStored and HighBit say count: HU could be far off.`,
    "Export it again, or set BitsStored (0028,0101) and HighBit (0028,0102) to what the values " +
      "were written with.",
  );
}

/** Values that are the same with and without a sign need none to be stated. */
function requireNoSign({ file, format }: Slice, values: StoredArray): void {
  const half = 2 ** (format.stored - 1);
  if (values.every((value) => value < half)) return;
  throw refusal(
    "no-sign",
    `${file}: PixelRepresentation is missing or illegal, and its values differ with and without a ` +
      "sign: HU could be far off.",
    "Set PixelRepresentation (0028,0103) to 0 or 1, whichever the values were written with; in " +
      "lossy JPEG it can only be 0.",
  );
}

function frameOf(
  slice: Slice,
  { parts, stream }: ReadableFrame,
  target: StoredArray,
  finish: () => void,
): Frame {
  const { rows, columns, format, file } = slice;
  const bits = stream.bits ?? format.allocated;
  const bytes = bits <= 8 ? 1 : 2;
  return {
    codec: stream.codec,
    shape: { rows, columns, bits, bytes },
    length: parts.reduce((sum, { length }) => sum + length, -stream.start),
    load(into) {
      let [at, skipped] = [0, stream.start];
      for (const { offset, length } of parts) {
        const skip = Math.min(skipped, length);
        const part = into.subarray(at, at + length - skip);
        if (readInto(slice.path, offset + skip, part) < part.length) throw lostBytes(slice);
        [at, skipped] = [at + part.length, skipped - skip];
      }
    },
    take(samples) {
      const { buffer, byteOffset } = samples;
      target.set(bytes === 1 ? samples : new Uint16Array(buffer, byteOffset, rows * columns));
      finish();
    },
    refuse(why) {
      throw refusal(
        "broken-frame",
        `${file}: its ${stream.name} frame could not be decoded: ${why}.`,
        "Copy or export the file again.",
      );
    },
  };
}

function lostBytes({ file }: Slice): Error {
  return refusal("truncated", `${file} lost bytes while it was being read.`);
}

/**
 * Makes raw little- or big-endian bytes the values they stand for.
 *
 * @returns whether bits are set beside those that count: an overlay, or values that the header denies
 */
function decodeInPlace(values: StoredArray, format: PixelFormat): boolean {
  if (format.swapped) swapPairs(values);
  const drop = format.high + 1 - format.stored;
  if (format.stored === format.allocated) return false;
  let surplus = drop > 0 && values.some((raw) => (raw & (2 ** drop - 1)) !== 0) ? 1 : 0;
  if (format.signed) {
    // The array is signed: shifting the sign bit to the top and back extends it.
    const up = 32 - (format.high + 1);
    const down = up + drop;
    for (let at = 0; at < values.length; at++) {
      const raw = values[at];
      surplus |= (raw << up >> up) ^ raw;
      values[at] = (raw << up) >> down;
    }
  } else {
    const mask = 2 ** format.stored - 1;
    for (let at = 0; at < values.length; at++) {
      const raw = values[at] >> drop;
      surplus |= raw & ~mask;
      values[at] = raw & mask;
    }
  }
  return surplus !== 0;
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
