/**
 * Reading a NIfTI-1 or NIfTI-2 file: `.nii`, `.nii.gz`, or a pair of `.hdr` and `.img`.
 *
 * @module
 */

import { basename } from "node:path";
import { fileExists, type PhaseHook, readInto, readStart, readWhole, sizeOf } from "../files.ts";
import { requireMemory } from "../memory.ts";
import { canonicalGrid, intoCanonical, sourceGrid } from "../orientation.ts";
import type { LabelImage } from "../masks/label_image.ts";
import { refusal } from "../refusal.ts";
import type { NiftiForm, Volume } from "../volume.ts";
import { hasPreamble } from "../dicom/part10.ts";
import { gunzipStart, gunzipWhole, isGzip } from "./gzip.ts";
import { HEADER_BYTES, type NiftiHeader, niftiHeader, niftiVersion } from "./header.ts";
import { voxelsOf } from "./voxels.ts";

/** Compressed bytes that surely hold a header. */
const START = 64 * 1024;

/** Byte at which voxels behind a header of version 1 may begin; those of version 2 begin later. */
const SINGLE = 352;

/** Whether a file is NIfTI, or must be meant as such, by its first bytes and its name. */
export function looksLikeNifti(path: string, onPhase: PhaseHook): boolean {
  const start = onPhase("read", () => readStart(path, HEADER_BYTES));
  // Old DICOM files are called .img too.
  if (hasPreamble(start)) return false;
  return /\.(nii|hdr|img)(\.gz)?$/i.test(path) || isGzip(start) || niftiVersion(start) !== null;
}

/**
 * Reads a NIfTI file as a volume in the canonical orientation.
 *
 * @param path a `.nii`, `.hdr` or `.img` file, each perhaps with `.gz`; content decides, not names
 * @param form which form to take where sform and qform differ
 * @throws InputError naming the file and what is wrong
 */
export function readNifti(path: string, onPhase: PhaseHook, form?: NiftiForm): Volume {
  const { voxels, header, report } = readStored(path, onPhase, form);
  return onPhase("decode", () => {
    const source = sourceGrid(header.shape, header.affine, header.spaceCode);
    const grid = canonicalGrid(source);
    return {
      voxels: intoCanonical(voxels, source),
      ...grid,
      spacing: header.sized ? grid.spacing : null,
      rescale: [header.rescale],
      windows: [],
      format: "nifti",
      modality: null,
      source,
      report,
    };
  });
}

/** Reads a NIfTI file as labels, in the order of the file; as `readNifti` else. */
export function readNiftiLabels(path: string, onPhase: PhaseHook, form?: NiftiForm): LabelImage {
  const { voxels, header, report } = readStored(path, onPhase, form);
  return {
    layers: [voxels],
    rescale: header.rescale,
    source: sourceGrid(header.shape, header.affine, header.spaceCode),
    sized: header.sized,
    other: header.other,
    named: [],
    report,
  };
}

function readStored(path: string, onPhase: PhaseHook, form: NiftiForm | undefined) {
  const headerPath = headerOf(path);
  const file = basename(headerPath);
  const start = onPhase("read", () => readStart(headerPath, START));
  if (start.length === 0) throw refusal("truncated", `${headerPath} is empty.`);
  const header = onPhase(
    "decode",
    () => niftiHeader(file, isGzip(start) ? gunzipStart(file, start) : start, form),
  );
  const report = [...header.notes];
  // name and length tell more than the magic, which programs copy from headers of pairs
  const single = header.pair && /\.nii(\.gz)?$/i.test(headerPath) && header.offset >= SINGLE &&
    (isGzip(start) || sizeOf(headerPath) >= header.offset + header.bytes);
  if (single) {
    report.push({
      kind: "repaired",
      rule: "magic-of-pair",
      message: "the header says that its voxels are in a file of their own, but they are behind it",
    });
  }
  const voxelPath = header.pair && !single ? imageOf(headerPath) : headerPath;
  const bytes = voxelBytes(voxelPath, header, onPhase);
  const voxels = onPhase(
    "decode",
    () => voxelsOf(file, bytes, header.datatype, header.littleEndian, report),
  );
  return { voxels, header, report };
}

function voxelBytes(
  path: string,
  header: NiftiHeader,
  onPhase: PhaseHook,
): Uint8Array<ArrayBuffer> {
  const file = basename(path);
  const end = header.offset + header.bytes;
  requireMemory(file, header.bytes);
  const compressed = onPhase("read", () => isGzip(readStart(path, 18)));
  if (compressed) {
    const bytes = onPhase("read", () => readWhole(path));
    return onPhase("decode", () => {
      const content = gunzipWhole(file, bytes, end).subarray(header.offset, end);
      // given back now: with content and mask it would stay until the collector comes
      bytes.buffer.transfer(0);
      return content;
    });
  }
  return onPhase("read", () => {
    const there = sizeOf(path);
    const missing = () =>
      refusal(
        "truncated",
        `${file} is truncated: its header promises ${end} bytes, ${there} are there.`,
        "Copy the file again.",
      );
    if (there < end) throw missing();
    const bytes = new Uint8Array(header.bytes);
    if (readInto(path, header.offset, bytes) < bytes.length) throw missing();
    return bytes;
  });
}

/** The header's file of a pair, by name. */
function headerOf(path: string): string {
  if (!/\.img(\.gz)?$/i.test(path)) return path;
  return sibling(path, /\.img(\.gz)?$/i, "hdr", "header");
}

/** The image file of a pair, by name. */
function imageOf(path: string): string {
  return sibling(path, /\.(hdr|nii)(\.gz)?$/i, "img", "voxels");
}

function sibling(path: string, ending: RegExp, extension: string, what: string): string {
  const stem = path.replace(ending, "");
  const names = [`${stem}.${extension}`, `${stem}.${extension}.gz`];
  const candidates = /\.gz$/i.test(path) ? names.toReversed() : names;
  const found = candidates.find(fileExists);
  if (found === undefined) {
    throw refusal(
      "missing-pair",
      `${path} is half of a pair: its ${what} should be in ${basename(candidates[0])}.`,
      "Keep the .hdr and the .img file together.",
    );
  }
  return found;
}
