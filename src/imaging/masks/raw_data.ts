/**
 * The voxels of a file that says in text how they are stored: NRRD and MetaImage.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { inflateSync } from "node:zlib";
import { messageOf } from "../../base/errors.ts";
import { readInto, sizeOf } from "../files.ts";
import { requireMemory } from "../memory.ts";
import { gunzipWhole } from "../nifti/gzip.ts";
import { type Datatype, DATATYPES } from "../nifti/header.ts";
import { voxelsOf } from "../nifti/voxels.ts";
import { refusal } from "../refusal.ts";
import type { IngestNote, StoredVoxels } from "../volume.ts";

/** Where the voxels of a file lie and how they are written. */
export interface RawData {
  /** The file that holds them. */
  readonly path: string;
  /** How errors name it. */
  readonly file: string;
  /** Byte of the file from which on it is theirs, compressed or not. */
  readonly begin: number;
  /** Bytes of it, once inflated, that lie before them; null where they are its last bytes. */
  readonly skip: number | null;
  /** How they are compressed. */
  readonly packed: "no" | "gzip" | "zlib";
  /** Their type, as NIfTI numbers it. */
  readonly datatype: Datatype;
  /** Whether the least significant byte comes first. */
  readonly littleEndian: boolean;
  /** How many there are. */
  readonly count: number;
}

/**
 * The path of the file that a header names for its voxels.
 *
 * @param path of the header
 * @throws InputError unless it lies beside the header: a header of a stranger names no file that
 * only the reader may see
 */
export function besideHeader(path: string, name: string): string {
  const own = name.replace(/^(\.\/)+/, "");
  if (own !== "" && !/[/\\]/.test(own) && own !== "..") return join(dirname(path), own);
  throw refusal(
    "elsewhere",
    `${basename(path)} names ${JSON.stringify(name)} for its voxels, which is not in its folder.`,
    "Put both files into one folder and name the file alone.",
  );
}

/** Voxels that no scan exceeds; more is a lying header. */
export const MOST_VOXELS = 2 ** 32;

/**
 * The voxels.
 *
 * @throws InputError where there are fewer bytes than the header promises
 */
export function rawVoxels(data: RawData, notes: IngestNote[]): StoredVoxels {
  const { path, file, begin, packed, datatype, littleEndian, count } = data;
  const needed = count * DATATYPES[datatype].bytes;
  const there = sizeOf(path) - begin;
  const least = needed + (data.skip ?? 0);
  if (count > MOST_VOXELS || there < (packed === "no" ? least : 0)) {
    throw tooFew(file, needed, Math.max(0, there));
  }
  requireMemory(file, least);
  const plain = packed === "no"
    ? bytesOf(data, begin + (data.skip ?? there - needed), needed)
    : inflatedPart(data, bytesOf(data, begin, there), needed);
  return voxelsOf(file, plain, datatype, littleEndian, notes);
}

/** Bytes of the file, all of them: it may have shrunk since its size was asked for. */
function bytesOf({ path, file }: RawData, from: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const read = readInto(path, from, bytes);
  if (read < length) throw tooFew(file, length, read);
  return bytes;
}

function inflatedPart(
  { file, packed, skip }: RawData,
  bytes: Uint8Array<ArrayBuffer>,
  needed: number,
): Uint8Array<ArrayBuffer> {
  const least = needed + (skip ?? 0);
  const content = packed === "gzip"
    ? gunzipWhole(file, bytes, least)
    : inflated(file, bytes, least);
  const from = skip ?? content.length - needed;
  return content.subarray(from, from + needed);
}

function tooFew(file: string, needed: number, found: number): Error {
  return refusal(
    "truncated",
    `${file} is truncated: its header promises ${needed} bytes of voxels, ${found} are there.`,
    "Copy the file again.",
  );
}

/** Content of zlib, which must hold at least as many bytes as are needed. */
function inflated(file: string, bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  let content: Uint8Array;
  try {
    content = inflateSync(bytes, { maxOutputLength: Math.max(2 * needed, 2 ** 24) });
  } catch (error) {
    throw refusal(
      "damaged-zlib",
      `${file} is damaged or truncated: zlib says "${messageOf(error)}".`,
      "Copy the file again.",
    );
  }
  if (content.length < needed) throw tooFew(file, needed, content.length);
  return new Uint8Array(content.buffer as ArrayBuffer, content.byteOffset, content.length);
}
