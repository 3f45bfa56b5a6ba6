/**
 * The compressed frames of an image: where their bytes lie, and what they say of themselves.
 *
 * @module
 */

import type { InputError } from "../../base/errors.ts";
import { isRefusal, refusal } from "../refusal.ts";
import { type Attributes, PIXEL_DATA } from "./attributes.ts";
import { type Codestream, codestreamOf, STREAM_START } from "./codestream.ts";
import {
  type ByteSource,
  findFragments,
  framesOfFragments,
  numbersOf,
  type Stretch,
} from "./encapsulated.ts";

/** A compressed frame. */
export interface CompressedFrame {
  /** Its bytes in the file, in parts. */
  readonly parts: readonly Stretch[];
  /** What it says of itself; null for bytes that no codec known here made. */
  readonly stream: Codestream | null;
}

/** The frames of an image, or why they cannot be told apart. */
export type CompressedFrames = readonly CompressedFrame[] | InputError;

/** Bytes that tell whether a fragment is the first of its frame. */
const BEGINNING = 64;

/** Item, the tag that encapsulated pixels begin with, as bytes. */
const ITEM = [0xfe, 0xff, 0x00, 0xe0];

/**
 * The frames of encapsulated pixels; null for an image whose pixels are plain.
 *
 * They are encapsulated where their length is undefined, as the standard wants it, and where it is
 * stated but they begin with an item all the same.
 *
 * @param source reads the file
 * @param begin of the data set in the file
 * @param size of the file
 */
export function compressedFrames(
  file: string,
  from: Attributes,
  source: ByteSource,
  begin: number,
  size: number,
): CompressedFrames | null {
  const place = from.place(PIXEL_DATA);
  if (place === undefined) return null;
  const start = begin + place.offset;
  const first = source(start, ITEM.length);
  const items = ITEM.every((byte, at) => first[at] === byte);
  if (!place.undefinedLength && !items) return null;
  try {
    const found = findFragments(file, source, start, size);
    const begins = ({ offset, length }: Stretch) =>
      codestreamOf(source(offset, Math.min(length, BEGINNING))) !== null;
    const frames = framesOfFragments(
      file,
      found,
      from.number("x00280008") ?? 1,
      extendedOffsets(from),
      begins,
    );
    return frames.map((parts) => ({ parts, stream: codestreamOf(startOf(parts, source)) }));
  } catch (error) {
    if (isRefusal(error)) return error as InputError;
    throw error;
  }
}

/** The first bytes of a frame, from as many of its parts as it takes. */
function startOf(parts: readonly Stretch[], source: ByteSource): Uint8Array {
  const bytes: number[] = [];
  for (const { offset, length } of parts) {
    const some = source(offset, Math.min(length, STREAM_START - bytes.length));
    if (bytes.length === 0 && some.length >= STREAM_START) return some;
    bytes.push(...some);
    if (bytes.length >= STREAM_START) break;
  }
  return Uint8Array.from(bytes);
}

/** The extended offset table of an image (PS3.3 C.7.6.3.1.8). */
function extendedOffsets(from: Attributes): number[] {
  const place = from.place("x7fe00001");
  if (place === undefined || place.undefinedLength) return [];
  return numbersOf(from.bytes.slice(place.offset, place.offset + place.length), 8);
}

/** Why a frame cannot be decoded to the image that its header promises; null if it can. */
export function frameDefect(
  file: string,
  syntax: { readonly uid: string; readonly name: string },
  { stream }: CompressedFrame,
  { rows, columns, allocated }: {
    readonly rows: number;
    readonly columns: number;
    readonly allocated: number;
  },
): InputError | null {
  if (stream === null || stream.unreadable !== null) {
    return refusal(
      "compressed",
      `${file} is compressed in a way that cannot be read: ` +
        (stream === null ? `${syntax.name} (${syntax.uid})` : `${stream.unreadable}`) + ".",
      "Decompress it first, for example with dcmconv, gdcmconv or dcmdjpeg.",
      { transferSyntax: syntax.uid },
    );
  }
  if (stream.components !== null && stream.components !== 1) {
    return refusal(
      "not-grey",
      `${file} is not a grey image: ${stream.components} samples a pixel.`,
    );
  }
  if ((stream.rows ?? rows) !== rows || (stream.columns ?? columns) !== columns) {
    return refusal(
      "frame-size",
      `${file}: its ${stream.name} frame is ${stream.rows}x${stream.columns} where the header says ` +
        `${rows}x${columns}.`,
      "Export it again: the header or the pixels are those of another image.",
    );
  }
  if (stream.bits !== null && stream.bits > allocated) {
    return refusal(
      "bits",
      `${file}: its ${stream.name} frame has ${stream.bits} bits, more than BitsAllocated, ` +
        `${allocated}.`,
    );
  }
  return null;
}
