/**
 * What the values of a NIfTI file look like, by a part of them.
 *
 * @module
 */

import { basename } from "node:path";
import { type PhaseHook, readStart, unhooked } from "../files.ts";
import { hounsfieldSlice } from "../hounsfield.ts";
import type { Volume } from "../volume.ts";
import { gunzipStart, isGzip } from "./gzip.ts";
import { DATATYPES, niftiHeader } from "./header.ts";
import { readNifti } from "./read.ts";
import { voxelsOf } from "./voxels.ts";

/** What values are: Hounsfield units, grey levels windowed already, labels, or none of these. */
export type ValueKind = "hounsfield" | "windowed" | "labels" | "unknown";

/** Compressed bytes that are looked at first: some slices of most scans. */
const START = 1 << 20;

/** As many distinct whole numbers are labels; more are grey levels. */
const MOST_LABELS = 16;

/** Air in a CT is far below this, and nothing else is. */
const AIR = -500;

/**
 * Tells what the values of a NIfTI file are; its first slices are enough for most, and only where
 * they say nothing is the whole read.
 *
 * @throws InputError for a file that cannot be read
 */
export function niftiValues(path: string): ValueKind {
  const first = kindOf(startOf(path));
  if (first !== "unknown" && first !== "labels") return first;
  return kindOf(wholeOf(path));
}

interface Values {
  readonly values: Float32Array<ArrayBuffer>;
  readonly bytes: boolean;
}

/** HU of the first voxels of a file. */
function startOf(path: string): Values {
  const raw = readStart(path, START);
  const file = basename(path);
  const start = isGzip(raw) ? gunzipStart(file, raw) : raw;
  const header = niftiHeader(file, start);
  if (header.pair) return wholeOf(path);
  const size = DATATYPES[header.datatype].bytes;
  const count = Math.floor(
    (Math.min(start.length, header.offset + header.bytes) - header.offset) / size,
  );
  if (count < 1) return wholeOf(path);
  const bytes = start.slice(header.offset, header.offset + count * size);
  const stored = voxelsOf(file, bytes, header.datatype, header.littleEndian, []);
  const source = { voxels: stored, shape: [1, 1, count], rescale: [header.rescale] } as const;
  return { values: hounsfieldSlice(source, 0), bytes: isPlainBytes(stored, header.rescale) };
}

function wholeOf(path: string, onPhase: PhaseHook = unhooked): Values {
  const { voxels, rescale } = readNifti(path, onPhase);
  const source = { voxels, shape: [1, 1, voxels.length], rescale } as const;
  return { values: hounsfieldSlice(source, 0), bytes: isPlainBytes(voxels, rescale[0]) };
}

function isPlainBytes(voxels: Volume["voxels"], rescale: Volume["rescale"][number]): boolean {
  return voxels instanceof Uint8Array && rescale.slope === 1 && rescale.intercept === 0;
}

function kindOf({ values, bytes }: Values): ValueKind {
  let [least, most, whole] = [Infinity, -Infinity, true];
  const distinct = new Set<number>();
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
    if (whole && !Number.isInteger(value)) whole = false;
    if (distinct.size <= MOST_LABELS) distinct.add(value);
  }
  if (least <= AIR) return "hounsfield";
  if (whole && least >= 0 && distinct.size <= MOST_LABELS) return "labels";
  if (bytes || (least >= 0 && most <= 1)) return "windowed";
  return "unknown";
}
