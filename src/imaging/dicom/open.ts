/**
 * Opening one file that may be DICOM: its slices, or why it has none.
 *
 * @module
 */

import { InputError, messageOf } from "../../base/errors.ts";
import { type PhaseHook, readInto, readWhole, sizeOf } from "../files.ts";
import { refusal } from "../refusal.ts";
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
  const size = onPhase("read", () => sizeOf(path));
  const start = onPhase("read", () => room.subarray(0, readInto(path, 0, room)));
  if (size === 0) return { kind: "foreign", empty: true };
  return onPhase("decode", () => findDataSet(start)) === null
    ? notADataSet(file, start)
    : openDataSet(path, file, start, size, onPhase);
}

function notADataSet(file: string, start: Uint8Array): OpenedFile {
  if (!hasPreamble(start)) return { kind: "foreign", empty: start.every((byte) => byte === 0) };
  throw refusal(
    "broken-file",
    `${file} begins as a DICOM file but has no readable data set.`,
    "The file is truncated or damaged: copy it again.",
  );
}

function openDataSet(
  path: string,
  file: string,
  start: Uint8Array<ArrayBuffer>,
  size: number,
  onPhase: PhaseHook,
): OpenedFile {
  let bytes = start;
  const first = onPhase("decode", () => {
    const part10 = findDataSet(start);
    const whole = part10?.transferSyntax === SYNTAX.deflated && size > start.length;
    return part10 === null || whole ? null : parse(file, start, part10);
  });
  let parsed = first;
  if (size > start.length && !first?.has(PIXEL_DATA)) {
    bytes = onPhase("read", () => readWhole(path));
    parsed = null;
  }
  const part10 = onPhase("decode", () => findDataSet(bytes));
  if (part10 === null) return notADataSet(file, bytes);
  const attributes = parsed ?? onPhase("decode", () => parse(file, bytes, part10));
  const scan = onPhase("decode", () => guarded(file, () => isScan(file, attributes, part10)));
  if (!scan) return { kind: "other", what: nameOf(attributes) };
  const compressed = onPhase(
    "read",
    () =>
      guarded(
        file,
        () => compressedFrames(file, attributes, sourceOf(path, bytes), part10.offset, size),
      ),
  );
  const slices = onPhase(
    "decode",
    () => guarded(file, () => describe({ file, path }, part10, attributes, compressed, size)),
  );
  return { kind: "image", slices };
}

/** The bytes of a file, of which the first are there already. */
function sourceOf(path: string, start: Uint8Array<ArrayBuffer>): ByteSource {
  return (offset, length) => {
    if (offset + length <= start.length) return start.subarray(offset, offset + length);
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readInto(path, offset, bytes));
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

function parse(file: string, bytes: Uint8Array<ArrayBuffer>, part10: Part10): Attributes {
  return guarded(file, () => parseDataSet(bytes, part10));
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
  return attributes.text("x00080060") ?? "no image";
}

/** The parser throws strings, RangeErrors and the like on damaged bytes: all are the file's fault. */
function guarded<T>(file: string, work: () => T): T {
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
