/**
 * How large a scan is, by a look at its beginning: to share out work before any is done.
 *
 * @module
 */

import { basename, join } from "node:path";
import { InputError } from "../base/errors.ts";
import { kindOf, readStart, sizeOf, unhooked } from "./files.ts";
import { gunzipStart, isGzip } from "./nifti/gzip.ts";
import { niftiHeader } from "./nifti/header.ts";
import { looksLikeNifti } from "./nifti/read.ts";
import { canonicalGrid, sourceGrid } from "./orientation.ts";

/** Compressed bytes that surely hold a header. */
const START = 64 * 1024;

/** Bytes of a slice of 512x512 pixels, 16 bits each. */
const SLICE = 2 * 512 * 512;

/**
 * Slices of a scan: of a NIfTI file as its header says, of a folder its files, of another file so
 * many of 512x512 pixels as its size holds. A scan that cannot be read has one.
 */
export function sliceCount(path: string): number {
  try {
    if (kindOf(path) === "folder") return Math.max(1, filesIn(path));
    if (!looksLikeNifti(path, unhooked)) return Math.max(1, Math.round(sizeOf(path) / SLICE));
    const start = readStart(path, START);
    const file = basename(path);
    const { shape, affine, spaceCode } = niftiHeader(
      file,
      isGzip(start) ? gunzipStart(file, start) : start,
    );
    return canonicalGrid(sourceGrid(shape, affine, spaceCode)).shape[0];
  } catch (error) {
    // whoever reads the scan will say what is wrong with it
    if (error instanceof InputError) return 1;
    throw error;
  }
}

/** Bytes of the files of a scan: of a file, or of those of a folder. */
export function scanBytes(path: string): number {
  if (kindOf(path) !== "folder") return sizeOf(path);
  let bytes = 0;
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    if (!isDirectory) bytes += sizeOf(join(path, name));
  }
  return bytes;
}

function filesIn(folder: string): number {
  let count = 0;
  for (const { isDirectory } of Deno.readDirSync(folder)) if (!isDirectory) count++;
  return count;
}
