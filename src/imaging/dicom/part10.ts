/**
 * Where the data set of a DICOM file begins and how it is encoded (PS3.10 section 7.1).
 *
 * A file should begin with 128 bytes, `DICM` and a group 2 header in Explicit VR Little Endian.
 * Files in the wild lack any of these; what can be told from the bytes themselves is told, and
 * marked as such.
 *
 * @module
 */

import { type Encoding, isLongVr, isVr } from "./elements.ts";
import { SYNTAX, transferSyntax } from "./transfer_syntax.ts";

/** Where the data set begins and how it is encoded. */
export interface Part10 {
  /** The transfer syntax of the data set, as stated or as told from its first bytes. */
  readonly transferSyntax: string;
  /** How its elements are written, which may be another way than the transfer syntax says. */
  readonly encoding: Encoding;
  /** Byte at which the data set begins. */
  readonly offset: number;
  /** What the file lacks: `preamble`, `transfer syntax`; empty for a proper file. */
  readonly lacks: readonly string[];
}

const PREAMBLE = 132;

/**
 * Finds the data set, or returns null where the bytes are no DICOM file.
 *
 * @param bytes the file or its first few kilobytes
 */
export function findDataSet(bytes: Uint8Array): Part10 | null {
  const preamble = hasPreamble(bytes);
  const meta = readMeta(bytes, preamble ? PREAMBLE : 0);
  if (meta === null) return null;
  // Without a preamble, group 2 or a plausible first element must vouch for the file.
  const guess = guessSyntax(bytes, meta.end);
  if (!preamble && !meta.found && guess === null) return null;
  const lacks = preamble ? [] : ["preamble"];
  if (meta.syntax === null) lacks.push("transfer syntax");
  const stated = meta.syntax ?? guess;
  if (stated === null) return null;
  const fits = fitting(stated, bytes, meta.end, guess);
  if (fits.otherwise) lacks.push("transfer syntax that fits");
  return { ...fits, offset: meta.end, lacks };
}

/**
 * The transfer syntax and encoding that the first element bears out. What a header claims is
 * believed where it can be; a data set that shows value representations has them, and one that
 * shows none where they should be has none.
 */
function fitting(
  stated: string,
  bytes: Uint8Array,
  at: number,
  guess: string | null,
): Pick<Part10, "transferSyntax" | "encoding"> & { readonly otherwise: boolean } {
  const { native, bigEndian } = transferSyntax(stated);
  const claimed = { explicit: stated !== SYNTAX.implicitLittle, bigEndian };
  const as = (transferSyntax: string, encoding: Encoding, otherwise: boolean) => ({
    transferSyntax,
    encoding,
    otherwise,
  });
  if (at + 8 > bytes.length) return as(stated, claimed, false);
  const swapped = guess !== null && (guess === SYNTAX.explicitBig) !== bigEndian;
  if (stated === SYNTAX.deflated ? guess !== null : swapped) {
    const told = guess as string;
    const encoding = { explicit: told !== SYNTAX.implicitLittle, bigEndian: !bigEndian && swapped };
    return as(native ? told : stated, encoding, true);
  }
  if (stated === SYNTAX.deflated) return as(stated, claimed, false);
  const vr = text(bytes, at + 4, 2);
  const explicit = claimed.explicit ? /^[A-Z]{2}$/.test(vr) : isVr(vr);
  if (explicit === claimed.explicit) return as(stated, claimed, false);
  const plain = explicit ? SYNTAX.explicitLittle : SYNTAX.implicitLittle;
  return as(native ? plain : stated, { explicit, bigEndian: false }, true);
}

/** Whether the bytes begin as a proper DICOM file does. */
export function hasPreamble(bytes: Uint8Array): boolean {
  return text(bytes, 128, 4) === "DICM";
}

interface Meta {
  readonly found: boolean;
  readonly syntax: string | null;
  readonly end: number;
}

/** Walks the elements of group 2, in explicit VR as required or in implicit VR as some write. */
function readMeta(bytes: Uint8Array, start: number): Meta | null {
  let at = start;
  let syntax: string | null = null;
  while (at + 8 <= bytes.length && little16(bytes, at) === 0x0002) {
    const element = little16(bytes, at + 2);
    const vr = text(bytes, at + 4, 2);
    let header = 8;
    let length: number;
    if (isLongVr(vr)) {
      if (at + 12 > bytes.length) return null;
      header = 12;
      length = little32(bytes, at + 8);
    } else if (isVr(vr)) length = little16(bytes, at + 6);
    else length = little32(bytes, at + 4);
    const end = at + header + length;
    if (end > bytes.length) return null;
    if (element === 0x0010) syntax = text(bytes, at + header, length).replace(/[\0 ]+$/, "");
    at = end;
  }
  return { found: at > start, syntax: syntax === "" ? null : syntax, end: at };
}

/** The syntax that fits the first element of a data set (group 8, the lowest that images have). */
function guessSyntax(bytes: Uint8Array, at: number): string | null {
  if (at + 12 > bytes.length) return null;
  const vr = text(bytes, at + 4, 2);
  const explicit = isVr(vr);
  if (little16(bytes, at) === 0x0008) {
    if (explicit) return SYNTAX.explicitLittle;
    // Implicit VR: the element must be short, since nothing but text comes first.
    return little32(bytes, at + 4) <= 1024 ? SYNTAX.implicitLittle : null;
  }
  const big = bytes[at] === 0 && bytes[at + 1] === 8;
  return big && explicit ? SYNTAX.explicitBig : null;
}

function little16(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8);
}

function little32(bytes: Uint8Array, at: number): number {
  return (little16(bytes, at) | (little16(bytes, at + 2) << 16)) >>> 0;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + Math.min(length, 128)));
}
