/**
 * What the first bytes of a compressed frame say of it: which codec made it, and of what size.
 *
 * They are asked, not the transfer syntax, since it is they that a decoder obeys: a frame whose own
 * header claims another size than the image is refused before any memory is given to it.
 *
 * @module
 */

/** Families of compressed frames, each with one decoder. */
export type Codec = "rle" | "jpeg" | "jpeg-ls" | "jpeg-2000" | "htj2k";

/** What a frame says of itself. */
export interface Codestream {
  /** What decodes it. */
  readonly codec: Codec;
  /** What it is called in errors, such as `JPEG Lossless`. */
  readonly name: string;
  /** Byte at which the stream begins, behind the boxes of a JP2 file. */
  readonly start: number;
  /** Height; null where the stream does not say (RLE). */
  readonly rows: number | null;
  /** Width; null where the stream does not say. */
  readonly columns: number | null;
  /** Samples a pixel; null where the stream does not say. */
  readonly components: number | null;
  /** Bits of a sample; null where the stream does not say. */
  readonly bits: number | null;
  /** Whether it has no sign whatever the header says, as lossy JPEG (PS3.5 table 8.2.1-1). */
  readonly signless: boolean;
  /** Whether its values were rounded beyond all bounds: lossy JPEG and the 9-7 wavelet. */
  readonly rounded: boolean;
  /** Why nothing here decodes it exactly; null where something does. */
  readonly unreadable: string | null;
}

/** Bytes that hold the header of nearly every frame. */
export const STREAM_START = 64 * 1024;

/**
 * Tells what a frame is; null for bytes that begin as no codec known here does.
 *
 * @param bytes the frame or its start
 *
 * @example
 * ```ts
 * import { codestreamOf } from "./codestream.ts";
 * import assert from "node:assert/strict";
 * // start of image, then a lossless frame header: 16 bits, 2 rows, 3 columns, 1 component
 * const bytes = [0xff, 0xd8, 0xff, 0xc3, 0, 11, 16, 0, 2, 0, 3, 1, 1, 0x11, 0];
 * const { name, bits, rows, columns } = codestreamOf(Uint8Array.from(bytes))!;
 * assert.deepEqual({ name, bits, rows, columns },
 *   { name: "JPEG Lossless", bits: 16, rows: 2, columns: 3 });
 * ```
 */
export function codestreamOf(bytes: Uint8Array): Codestream | null {
  if (big16(bytes, 0) === 0xffd8) return jpegOf(bytes);
  if (big16(bytes, 0) === 0xff4f) return jpeg2000Of(bytes, 0);
  if (big32(bytes, 4) === JP2_SIGNATURE) return jp2Of(bytes);
  return isRle(bytes) ? RLE : null;
}

const RLE: Codestream = {
  codec: "rle",
  name: "RLE",
  start: 0,
  rows: null,
  columns: null,
  components: null,
  bits: null,
  signless: false,
  rounded: false,
  unreadable: null,
};

/** Whether 16 numbers make an RLE header (PS3.5 G.5): a count, then offsets that go up from 64. */
function isRle(bytes: Uint8Array): boolean {
  const count = little32(bytes, 0);
  if (bytes.length < 64 || count < 1 || count > 15 || little32(bytes, 4) !== 64) return false;
  for (let at = 2; at <= count; at++) {
    if (little32(bytes, 4 * at) <= little32(bytes, 4 * (at - 1))) return false;
  }
  return true;
}

/** Frame headers of JPEG (ISO 10918-1, table B.1) that a codec here decodes exactly. */
const JPEG_FRAMES: Readonly<Record<number, string>> = {
  0xc0: "JPEG Baseline",
  0xc1: "JPEG Extended",
  0xc2: "JPEG Progressive",
  0xc3: "JPEG Lossless",
  0xf7: "JPEG-LS",
};

/** And those that nothing here decodes, or was never checked to. */
const OTHER_FRAMES: Readonly<Record<number, string>> = {
  0xc5: "hierarchical JPEG",
  0xc6: "hierarchical JPEG",
  0xc7: "hierarchical JPEG",
  0xc9: "JPEG with arithmetic coding",
  0xca: "JPEG with arithmetic coding",
  0xcb: "JPEG with arithmetic coding",
  0xcd: "hierarchical JPEG",
  0xce: "hierarchical JPEG",
  0xcf: "hierarchical JPEG",
};

function jpegOf(bytes: Uint8Array): Codestream {
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1];
    // markers may be preceded by fill bytes
    if (bytes[at] === 0xff && marker === 0xff) {
      at++;
      continue;
    }
    if (bytes[at] !== 0xff || marker === 0xda) break;
    const name = JPEG_FRAMES[marker] ?? OTHER_FRAMES[marker];
    if (name !== undefined && at + 10 <= bytes.length) {
      const bits = bytes[at + 4];
      const rows = big16(bytes, at + 5);
      const lossy = marker !== 0xc3 && marker !== 0xf7;
      return {
        codec: marker === 0xf7 ? "jpeg-ls" : "jpeg",
        name,
        start: 0,
        rows,
        columns: big16(bytes, at + 7),
        components: bytes[at + 9],
        bits,
        signless: lossy,
        rounded: lossy,
        unreadable: marker in OTHER_FRAMES ? name : jpegFault(marker, bits, rows),
      };
    }
    at += 2 + big16(bytes, at + 2);
  }
  return { ...RLE, codec: "jpeg", name: "JPEG", unreadable: "JPEG without a frame header" };
}

function jpegFault(marker: number, bits: number, rows: number): string | null {
  if (rows === 0) return "JPEG that tells its height at its end";
  const lossless = marker === 0xc3 || marker === 0xf7;
  const legal = lossless ? bits >= 2 && bits <= 16 : bits === 8 || (bits === 12 && marker !== 0xc0);
  return legal ? null : `${JPEG_FRAMES[marker]} of ${bits} bits`;
}

const JP2_SIGNATURE = 0x6a502020;
const JP2_CODESTREAM = 0x6a703263;

/** A codestream in the boxes of a JP2 file, which DICOM does not allow and some write. */
function jp2Of(bytes: Uint8Array): Codestream | null {
  for (let at = 0; at + 8 <= bytes.length;) {
    if (big32(bytes, at + 4) === JP2_CODESTREAM) return jpeg2000Of(bytes, at + 8);
    const length = big32(bytes, at);
    if (length < 8) return null;
    at += length;
  }
  return null;
}

/** Bit of the capabilities that says high throughput (ISO 15444-15, A.3.1). */
const HIGH_THROUGHPUT = 0x00020000;

/** Bit of the capabilities that says part 2 (ISO 15444-2, A.2.1). */
const EXTENDED = 0x8000;

/** SIZ, and CAP behind it where there is one (ISO 15444-1, A.5.1). */
function jpeg2000Of(bytes: Uint8Array, start: number): Codestream | null {
  const siz = start + 4;
  if (bytes.length < siz + 41 || big16(bytes, start + 2) !== 0xff51) return null;
  const word = (index: number) => big32(bytes, siz + 4 + 4 * index);
  const components = big16(bytes, siz + 36);
  const depth = bytes[siz + 38];
  const bits = (depth & 0x7f) + 1;
  // The decoders make 8-bit samples unsigned: everything below 0 would become 0.
  const clamped = bits <= 8 && (depth & 0x80) !== 0;
  const next = siz + big16(bytes, siz);
  const capable = big16(bytes, next) === 0xff50 &&
    (big32(bytes, next + 4) & HIGH_THROUGHPUT) !== 0;
  const sampled = bytes[siz + 39] !== 1 || bytes[siz + 40] !== 1;
  const extended = (big16(bytes, siz + 2) & EXTENDED) !== 0;
  return {
    codec: capable ? "htj2k" : "jpeg-2000",
    name: capable ? "High-Throughput JPEG 2000" : "JPEG 2000",
    start,
    rows: word(1) - word(3),
    columns: word(0) - word(2),
    components,
    bits,
    signless: false,
    rounded: isIrreversible(bytes, next),
    unreadable: bits > 16
      ? `JPEG 2000 of ${bits} bits`
      : extended
      ? "JPEG 2000 with extensions of its part 2"
      : sampled
      ? "JPEG 2000 with subsampled components"
      : clamped
      ? `JPEG 2000 of ${bits} signed bits`
      : null,
  };
}

/** Whether the coding style (COD, ISO 15444-1, A.6.1) names the 9-7 wavelet. */
function isIrreversible(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at + 14 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1];
    if (marker === 0x52) return bytes[at + 13] === 0;
    if (marker === 0x90) break;
    at += 2 + big16(bytes, at + 2);
  }
  return false;
}

function big16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

function big32(bytes: Uint8Array, at: number): number {
  return ((big16(bytes, at) << 16) | big16(bytes, at + 2)) >>> 0;
}

function little32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}
