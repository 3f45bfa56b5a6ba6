/**
 * How pixels are stored, and which ones cannot be read.
 *
 * @module
 */

import type { InputError } from "../../base/errors.ts";
import { refusal } from "../refusal.ts";
import { type Attributes, PIXEL_DATA } from "./attributes.ts";
import type { Codestream } from "./codestream.ts";
import type { TransferSyntax } from "./transfer_syntax.ts";

/** How a stored value lies in its bytes (PS3.5 section 8.1). */
export interface PixelFormat {
  /** Bits a value takes: 8 or 16. */
  readonly allocated: 8 | 16;
  /** Bits that count. */
  readonly stored: number;
  /** The highest bit that counts. */
  readonly high: number;
  /** Whether the values are two's complement. */
  readonly signed: boolean;
  /** Whether the file says so; where it does not, values that could be either are refused. */
  readonly signStated: boolean;
  /** Whether each pair of bytes is stored the other way round. */
  readonly swapped: boolean;
}

/** How the pixels are stored, and why they cannot be used (null if they can). */
export function pixelFormat(
  file: string,
  from: Attributes,
  syntax: TransferSyntax,
): { format: PixelFormat; defect: InputError | null } {
  const allocated = from.unsigned("x00280100") ?? 16;
  const stored = from.unsigned("x00280101") ?? allocated;
  const high = from.unsigned("x00280102") ?? stored - 1;
  const sign = from.unsigned("x00280103");
  const place = from.place(PIXEL_DATA);
  const format: PixelFormat = {
    allocated: allocated === 8 ? 8 : 16,
    stored,
    high,
    signed: sign === 1,
    signStated: sign === 0 || sign === 1,
    // Bytes in words of 16 bits (OW) are swapped in big endian too (PS3.5 section 8.1.1).
    swapped: syntax.bigEndian && (allocated === 16 || place?.vr === "OW"),
  };
  const photometric = from.text("x00280004") ?? "MONOCHROME2";
  const samples = from.unsigned("x00280002") ?? 1;
  let defect: InputError | null = null;
  if (samples !== 1 || !photometric.startsWith("MONOCHROME")) {
    defect = refusal(
      "not-grey",
      `${file} is not a grey image: ${samples} samples a pixel, ${photometric}.`,
    );
  } else if (allocated !== 8 && allocated !== 16) {
    defect = refusal("bits", `${file}: BitsAllocated is ${allocated}; 8 and 16 can be read.`);
  } else if (stored < 1 || high >= allocated || stored > high + 1) {
    defect = refusal(
      "bits",
      `${file}: BitsStored ${stored} and HighBit ${high} do not fit BitsAllocated ${allocated}.`,
    );
  }
  return { format, defect };
}

/**
 * How the samples of a compressed frame lie in the bits that they are decoded to. JPEG 2000 and
 * JPEG-LS know how many bits count, and a header that says fewer is believed. A sign in lossy JPEG
 * is illegal: where it mattered, rounding by one would wrap from the highest value to the lowest.
 */
export function streamFormat(
  format: PixelFormat,
  { codec, bits, signless }: Codestream,
): PixelFormat {
  const plain = { ...format, swapped: false };
  if (signless && format.signed) return { ...plain, signed: false, signStated: false };
  if (bits === null || codec === "jpeg" || codec === "rle") return plain;
  const stored = Math.min(bits, format.stored);
  return { ...plain, stored, high: stored - 1 };
}

/** A slice may have as many rows and columns as this; more is a header that lies. */
const MOST_PIXELS_ALONG = 16384;

/** What is wrong with the size of a slice, null if nothing is. */
export function sizeDefect(file: string, rows: number, columns: number): InputError | null {
  if (rows < 1 || columns < 1) {
    return refusal("no-size", `${file}: Rows or Columns is missing or 0.`);
  }
  if (Math.max(rows, columns) > MOST_PIXELS_ALONG) {
    return refusal("too-large", `${file} claims ${rows}x${columns} pixels, more than any CT has.`);
  }
  return null;
}

/** What is wrong with plain pixel data, null if nothing is. */
export function pixelDefect(
  file: string,
  from: Attributes,
  syntax: TransferSyntax,
  bytes: number,
  size: number,
): InputError | null {
  if (!syntax.native) {
    return refusal(
      "compressed",
      `${file} states ${syntax.name} (${syntax.uid}) but has no compressed frames.`,
      "Export it again: its transfer syntax is not that of its pixels.",
      { transferSyntax: syntax.uid },
    );
  }
  const place = from.place(PIXEL_DATA);
  if (place === undefined) return refusal("no-pixels", `${file} has no pixel data.`);
  const there = Math.min(place.length, size - place.offset);
  if (there < bytes) {
    return refusal(
      "truncated",
      `${file} is truncated: its pixels take ${bytes} bytes, ${Math.max(0, there)} are there.`,
      "Copy the file again.",
      { expected: bytes, found: Math.max(0, there) },
    );
  }
  return null;
}

/** Bytes of pixel data behind the last pixel (PS3.5 8.1.1 wants readers prepared for them). */
export function excessBytes(from: Attributes, bytes: number): number {
  const length = from.place(PIXEL_DATA)?.length ?? 0;
  // One byte more makes the length even.
  return length > bytes + 1 ? length - bytes : 0;
}
