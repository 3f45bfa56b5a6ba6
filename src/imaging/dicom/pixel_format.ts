/**
 * How pixels are stored, and which ones cannot be read.
 *
 * @module
 */

import type { InputError } from "../../base/errors.ts";
import { refusal } from "../refusal.ts";
import { type Attributes, PIXEL_DATA } from "./attributes.ts";
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
  /** Whether each pair of bytes is stored the other way round. */
  readonly swapped: boolean;
}

/** How the pixels are stored, and why they cannot be used (null if they can). */
export function pixelFormat(
  file: string,
  from: Attributes,
  syntax: TransferSyntax,
  signed: boolean,
): { format: PixelFormat; defect: InputError | null } {
  const allocated = from.unsigned("x00280100") ?? 16;
  const stored = from.unsigned("x00280101") ?? allocated;
  const high = from.unsigned("x00280102") ?? stored - 1;
  const place = from.place(PIXEL_DATA);
  const format: PixelFormat = {
    allocated: allocated === 8 ? 8 : 16,
    stored,
    high,
    signed,
    // Bytes in words of 16 bits (OW) are swapped in big endian too (PS3.5 section 8.1.1).
    swapped: syntax.bigEndian && (allocated === 16 || place?.vr === "OW"),
  };
  const photometric = from.text("x00280004") ?? "MONOCHROME2";
  const samples = from.unsigned("x00280002") ?? 1;
  let defect: InputError | null = null;
  if (!syntax.native) {
    defect = refusal(
      "compressed",
      `${file} is compressed: ${syntax.name} (${syntax.uid}), which cannot be read yet.`,
      "Decompress it first, for example with dcmconv, gdcmconv or dcmdjpeg.",
      { transferSyntax: syntax.uid },
    );
  } else if (place?.undefinedLength) {
    defect = refusal(
      "compressed",
      `${file} has encapsulated pixels although it states ${syntax.name}.`,
      "Decompress it first, or correct its transfer syntax.",
    );
  } else if (samples !== 1 || !photometric.startsWith("MONOCHROME")) {
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

/** What is wrong with the size of the pixel data, null if nothing is. */
export function pixelDefect(
  file: string,
  from: Attributes,
  rows: number,
  columns: number,
  bytes: number,
  size: number,
): InputError | null {
  const place = from.place(PIXEL_DATA);
  if (rows < 1 || columns < 1) {
    return refusal("no-size", `${file}: Rows or Columns is missing or 0.`);
  }
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
  // One byte more makes the length even.
  if (place.length > bytes + 1) {
    return refusal(
      "pixel-length",
      `${file}: its pixel data has ${place.length} bytes where its size and bits make ${bytes}.`,
    );
  }
  return null;
}
