/**
 * Opening one file that may be DICOM: its slices, or why it has none.
 *
 * @module
 */

import { InputError, messageOf } from "../../base/errors.ts";
import { type PhaseHook, readInto, readStart, sizeOf } from "../files.ts";
import { refusal } from "../refusal.ts";
import { modalityTold } from "../told_texts.ts";
import { type Attributes, parseDataSet, PIXEL_DATA } from "./attributes.ts";
import type { ByteSource } from "./encapsulated.ts";
import { type CompressedFrames, compressedFrames } from "./frames.ts";
import { findDataSet, hasPreamble, type Part10 } from "./part10.ts";
import { type Slice, slicesOf } from "./slice.ts";
import { SYNTAX, transferSyntax } from "./transfer_syntax.ts";

/** What a file turned out to be. */
export type OpenedFile =
  | { readonly kind: "image"; readonly slices: readonly Slice[] }
  /** DICOM without an image for us; `what` names it (`RTSTRUCT`). */
  | { readonly kind: "other"; readonly what: string }
  | { readonly kind: "foreign"; readonly empty: boolean };

/** Bytes read at first: enough for the attributes of nearly every image. */
const START = 64 * 1024;

/** Room for the first bytes of one file after another: a folder has hundreds. */
export function startRoom(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(START);
}

/** Modalities of objects that may hold pixels but no scan. */
const NO_SCAN = new Set([
  "RTDOSE",
  "RTIMAGE",
  "RTPLAN",
  "RTSTRUCT",
  "SEG",
  "PR",
  "KO",
  "SR",
  "REG",
]);

/** SOP classes of images proper: CT, its enhanced and converted forms, MR, PET, captures. */
const IMAGES = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(2|2\.1|2\.2|4|4\.1|7|7\.\d|20|128)$/;

/**
 * Opens a file.
 *
 * @param path to read it by
 * @param file as errors shall name it
 * @param room of `startRoom`, written over; nothing that is returned looks at it
 * @throws InputError for a DICOM file that is broken
 */
export function openDicom(
  path: string,
  file: string,
  onPhase: PhaseHook,
  room: Uint8Array<ArrayBuffer>,
): OpenedFile {
  const loaded = loadDataSet(path, file, onPhase, room);
  if ("kind" in loaded) return loaded;
  const { part10, attributes, source, size } = loaded;
  const decode = <T>(work: () => T): T => onPhase("decode", () => guarded(file, work));
  const read = <T>(work: () => T): T => onPhase("read", () => guarded(file, work));
  if (!decode(() => isScan(file, attributes, part10))) {
    return { kind: "other", what: nameOf(attributes) };
  }
  const compressed = read(() => compressedFrames(file, attributes, source, part10.offset, size));
  const slices = decode(() => describe({ file, path }, part10, attributes, compressed, size));
  const surplus = read(() => surplusFrames(slices, source));
  return { kind: "image", slices: surplus === null ? slices : slices.map(defective(surplus)) };
}

/** A data set that was read up to its pixels. */
export interface LoadedDataSet {
  /** Where it begins and how it is written. */
  readonly part10: Part10;
  /** Its attributes. */
  readonly attributes: Attributes;
  /** Reads the file. */
  readonly source: ByteSource;
  /** Bytes of the file. */
  readonly size: number;
}

/**
 * Reads the data set of a file, or tells that it is no DICOM.
 *
 * @param room of `startRoom`
 * @throws InputError for a DICOM file that is broken
 */
export function loadDataSet(
  path: string,
  file: string,
  onPhase: PhaseHook,
  room: Uint8Array<ArrayBuffer>,
): LoadedDataSet | Extract<OpenedFile, { kind: "foreign" }> {
  const decode = <T>(work: () => T): T => onPhase("decode", () => guarded(file, work));
  const size = onPhase("read", () => sizeOf(path));
  let bytes = onPhase("read", () => room.subarray(0, readInto(path, 0, room)));
  if (size === 0) return { kind: "foreign", empty: true };
  if (onPhase("decode", () => findDataSet(bytes)) === null) return notADataSet(file, bytes);
  let opened = decode(() => parse(bytes));
  // The attributes of many frames take more room; a deflated data set is read whole.
  while (bytes.length < size && !opened?.attributes?.has(PIXEL_DATA)) {
    const deflated = opened?.part10.transferSyntax === SYNTAX.deflated;
    const length = deflated ? size : bytes.length * GROWTH;
    bytes = onPhase("read", () => readStart(path, length));
    opened = decode(() => parse(bytes, bytes.length === size));
  }
  if (opened === null) return notADataSet(file, bytes);
  const { part10 } = opened;
  const attributes = opened.attributes ?? decode(() => parseDataSet(bytes, part10));
  return { part10, attributes, source: sourceOf(path, bytes), size };
}

function notADataSet(file: string, start: Uint8Array): Extract<OpenedFile, { kind: "foreign" }> {
  if (!hasPreamble(start)) return { kind: "foreign", empty: start.every((byte) => byte === 0) };
  throw refusal(
    "broken-file",
    `${file} begins as a DICOM file but has no readable data set.`,
    "The file is truncated or damaged: copy it again.",
  );
}

/** By how much more is read of a file whose attributes do not end. */
const GROWTH = 16;

/** A data set as far as its bytes are there; a deflated one is parsed when all are. */
function parse(bytes: Uint8Array<ArrayBuffer>, whole = false): {
  readonly part10: Part10;
  readonly attributes: Attributes | null;
} | null {
  const part10 = findDataSet(bytes);
  if (part10 === null) return null;
  const waits = part10.transferSyntax === SYNTAX.deflated && !whole;
  return { part10, attributes: waits ? null : parseDataSet(bytes, part10) };
}

/** Bytes behind the pixels that are looked at. */
const MOST_EXCESS = 16 * 1024 * 1024;

/**
 * Why pixels that are followed by as many bytes as another frame has cannot be those of the image
 * that the header describes; null where there are fewer, or all are zero, as padding is.
 */
function surplusFrames(slices: readonly Slice[], source: ByteSource): InputError | null {
  const { excess, rows, columns, format, pixels, file } = slices[0];
  const frame = rows * columns * format.allocated / 8;
  if (excess < frame || pixels.bytes !== null) return null;
  const end = pixels.offset + slices.length * frame;
  if (source(end, Math.min(excess, MOST_EXCESS)).every((byte) => byte === 0)) return null;
  return refusal(
    "pixel-length",
    `${file}: behind the ${
      slices.length * frame
    } bytes that its size and bits make, its pixel data ` +
      `has ${excess} more: another frame or more.`,
    "Correct NumberOfFrames, Rows, Columns or BitsAllocated, whichever is wrong.",
  );
}

function defective(defect: InputError): (slice: Slice) => Slice {
  return (slice) => ({ ...slice, defect: slice.defect ?? defect });
}

/** Bytes around a few that are asked for: the next ones are mostly asked for next. */
const AROUND = 64 * 1024;

/** The bytes of a file, of which the first are there already. */
function sourceOf(path: string, start: Uint8Array<ArrayBuffer>): ByteSource {
  let last = { offset: 0, bytes: start };
  return (offset, length) => {
    for (const { offset: from, bytes } of [{ offset: 0, bytes: start }, last]) {
      const at = offset - from;
      if (at >= 0 && at + length <= bytes.length) return bytes.subarray(at, at + length);
    }
    // a million items of a few bytes would open the file a million times
    const isFew = length < AROUND / 16;
    const bytes = new Uint8Array(isFew ? AROUND : length);
    const read = bytes.subarray(0, readInto(path, offset, bytes));
    if (isFew) last = { offset, bytes: read };
    return read.subarray(0, length);
  };
}

/** The slices of a parsed file; damaged values throw whatever the parser throws. */
function describe(
  names: { readonly file: string; readonly path: string },
  part10: Part10,
  attributes: Attributes,
  compressed: CompressedFrames | null,
  size: number,
): readonly Slice[] {
  const stated = transferSyntax(part10.transferSyntax);
  const fits = compressed === null ? stated.native || !nativePixels(attributes) : !stated.native;
  const syntax = fits || compressed !== null ? stated : transferSyntax(SYNTAX.explicitLittle);
  const lacks = fits ? part10.lacks : [...part10.lacks, "transfer syntax that fits"];
  const deflated = syntax.uid === SYNTAX.deflated;
  return slicesOf(
    { ...names, lacks },
    attributes,
    syntax,
    deflated ? { bytes: attributes.bytes, offset: 0 } : { bytes: null, offset: part10.offset },
    compressed,
    deflated ? attributes.bytes.length : size - part10.offset,
  );
}

/** Whether a data set is an image to read; throws if it is one that lost its pixels. */
function isScan(file: string, attributes: Attributes, { offset }: Part10): boolean {
  if (NO_SCAN.has(attributes.text("x00080060") ?? "")) return false;
  if (attributes.has(PIXEL_DATA)) return attributes.has("x00280010");
  const sopClass = attributes.text("x00080016");
  const image = attributes.has("x00280010") || (sopClass !== undefined && IMAGES.test(sopClass));
  const { needed, bytes } = attributes;
  const found = offset + bytes.length;
  if (attributes.has("x7fe00008") || attributes.has("x7fe00009")) {
    throw refusal("bits", `${file} holds floating-point pixels, which cannot be read.`);
  }
  if (needed !== null && (image || sopClass === undefined)) {
    throw refusal(
      "truncated",
      `${file} is truncated before its pixel data: it needs ${offset + needed} bytes and more, ` +
        `${found} are there.`,
      "Copy the file again.",
      { expected: offset + needed, found },
    );
  }
  if (image) {
    throw refusal(
      "no-pixels",
      `${file} is an image but has no pixel data: it was stripped of it, or the file ends early.`,
      "Copy or export it again, with its pixels.",
    );
  }
  return false;
}

/**
 * Whether pixels under a compressed transfer syntax are native all the same: compressed ones have
 * an undefined length (PS3.5 A.4), these have exactly the length that size and bits make.
 */
function nativePixels(attributes: Attributes): boolean {
  const place = attributes.place(PIXEL_DATA);
  if (place === undefined || place.undefinedLength) return false;
  const values = (attributes.unsigned("x00280010") ?? 0) * (attributes.unsigned("x00280011") ?? 0) *
    (attributes.unsigned("x00280002") ?? 1) * (attributes.number("x00280008") ?? 1);
  const bytes = values * (attributes.unsigned("x00280100") ?? 16) / 8;
  return bytes > 0 && (place.length === bytes || place.length === bytes + 1);
}

function nameOf(attributes: Attributes): string {
  if (attributes.has("x00041220")) return "DICOMDIR";
  return modalityTold(attributes.text("x00080060")) ?? "no image";
}

/** Damaged bytes make readers throw errors of all kinds: all are the file's fault. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof InputError) throw thrown;
    throw new InputError(`${file} is damaged: ${messageOf(thrown)}.`, {
      cause: thrown,
      advice: "Copy the file again.",
      details: { rule: "broken-file" },
    });
  }
}
