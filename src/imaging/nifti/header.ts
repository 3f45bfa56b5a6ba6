/**
 * The header of a NIfTI-1 or NIfTI-2 file, checked: a header that lies becomes an error here.
 *
 * @module
 */

import { readHeader } from "nifti-reader-js";
import { messageOf } from "../../base/errors.ts";
import { refusal } from "../refusal.ts";
import type { IngestNote, NiftiForm, Rescale } from "../volume.ts";
import { type World, worldOf } from "./world.ts";

/** Element types that can be read, by NIfTI's code. */
export const DATATYPES = {
  2: { name: "uint8", bytes: 1 },
  4: { name: "int16", bytes: 2 },
  8: { name: "int32", bytes: 4 },
  16: { name: "float32", bytes: 4 },
  64: { name: "float64", bytes: 8 },
  256: { name: "int8", bytes: 1 },
  512: { name: "uint16", bytes: 2 },
  768: { name: "uint32", bytes: 4 },
  1024: { name: "int64", bytes: 8 },
  1280: { name: "uint64", bytes: 8 },
} as const;

/** NIfTI's code of an element type that can be read. */
export type Datatype = keyof typeof DATATYPES;

const UNREADABLE: Readonly<Record<number, string>> = {
  0: "unknown",
  1: "one bit",
  32: "complex64",
  128: "RGB",
  1536: "float128",
  1792: "complex128",
  2048: "complex256",
  2304: "RGBA",
};

/** What matters of a header. */
export interface NiftiHeader extends World {
  /** Voxels along i, j, k. */
  readonly shape: readonly [number, number, number];
  /** Element type. */
  readonly datatype: Datatype;
  /** Byte order of the voxels. */
  readonly littleEndian: boolean;
  /** Byte at which the voxels begin, in the same file or in the .img file. */
  readonly offset: number;
  /** Bytes of all voxels. */
  readonly bytes: number;
  /** Whether the voxels are in a file of their own. */
  readonly pair: boolean;
  /** scl_slope and scl_inter; the identity where they are unset (0 or NaN). */
  readonly rescale: Rescale;
  /** What was noticed. */
  readonly notes: readonly IngestNote[];
}

/** Bytes to read so that a header of either version is whole. */
export const HEADER_BYTES = 544;

/** Which version bytes begin with, null for neither. */
export function niftiVersion(bytes: Uint8Array): 1 | 2 | null {
  if (bytes.length < 348) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const sizes = [view.getInt32(0, true), view.getInt32(0, false)];
  const magic = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 3));
  if (sizes.includes(348) && /^n[i+]1$/.test(magic(344))) return 1;
  if (bytes.length >= 540 && sizes.includes(540) && /^n[i+]2$/.test(magic(4))) return 2;
  return null;
}

/** Voxels that no scan exceeds; more is a lying header. */
const MOST_VOXELS = 2 ** 32;

/**
 * Reads and checks a header.
 *
 * @param bytes at least the header's 348 or 540 bytes
 * @param form which form to take where sform and qform differ
 * @throws InputError naming the file and what is wrong
 */
export function niftiHeader(
  file: string,
  bytes: Uint8Array,
  form?: NiftiForm,
): NiftiHeader {
  const version = niftiVersion(bytes);
  if (version === null) {
    throw refusal(
      "not-nifti",
      `${file} is not a NIfTI file: it has no NIfTI-1 or NIfTI-2 header.`,
      "ANALYZE 7.5 files must be converted; their orientation is unknown.",
    );
  }
  const size = version === 1 ? 348 : 540;
  // Only the header goes to the parser: extensions, which it would follow, are skipped.
  const raw = bytes.slice(0, size).buffer;
  let header: ReturnType<typeof readHeader>;
  try {
    header = readHeader(raw, true);
  } catch (thrown) {
    throw refusal("not-nifti", `${file} has an unreadable header: ${messageOf(thrown)}.`);
  }
  const notes: IngestNote[] = [];
  const shape = shapeOf(file, header.dims, notes);
  const datatype = datatypeOf(file, header.datatypeCode, header.numBitsPerVoxel);
  const voxels = shape[0] * shape[1] * shape[2];
  if (voxels > MOST_VOXELS) {
    throw refusal(
      "too-large",
      `${file} claims ${shape.join("x")} voxels, more than any scan has.`,
      "The header is damaged: copy the file again.",
    );
  }
  const pair = bytes[version === 1 ? 345 : 5] === "i".charCodeAt(0);
  const world = worldOf(
    file,
    {
      version,
      view: new DataView(raw),
      littleEndian: header.littleEndian,
      shape,
      dimensions: header.dims[0],
      pixdim: header.pixDims,
      qform: header.qform_code,
      sform: header.sform_code,
      quaternion: [header.quatern_b, header.quatern_c, header.quatern_d],
      offset: [header.qoffset_x, header.qoffset_y, header.qoffset_z],
      units: header.xyzt_units & 7,
    },
    form,
    notes,
  );
  return {
    shape,
    datatype,
    littleEndian: header.littleEndian,
    offset: offsetOf(file, header.vox_offset, pair, size + 4),
    bytes: voxels * DATATYPES[datatype].bytes,
    pair,
    rescale: rescaleOf(file, header.scl_slope, header.scl_inter),
    ...world,
    notes,
  };
}

function shapeOf(
  file: string,
  dims: readonly number[],
  notes: IngestNote[],
): readonly [number, number, number] {
  const [count] = dims;
  if (!Number.isInteger(count) || count < 1 || count > 7) {
    throw refusal("bad-shape", `${file} claims to have ${count} dimensions; 1 to 7 are legal.`);
  }
  const sizes = dims.slice(1, count + 1);
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw refusal("bad-shape", `${file} claims the impossible shape ${sizes.join("x")}.`);
  }
  if (sizes.slice(3).some((size) => size > 1)) {
    throw refusal(
      "several-volumes",
      `${file} has shape ${sizes.join("x")}: several volumes, where one is needed.`,
      "Extract one volume (3 dimensions) first.",
    );
  }
  const [i, j = 1, k = 1] = sizes;
  if (i === 1 || j === 1 || k === 1) {
    notes.push({
      kind: "warning",
      rule: "flat",
      message: `the shape ${[i, j, k].join("x")} is one voxel thick`,
    });
  }
  return [i, j, k];
}

function datatypeOf(file: string, code: number, bits: number): Datatype {
  if (!(code in DATATYPES)) {
    throw refusal(
      "datatype",
      `${file} has voxels of type ${UNREADABLE[code] ?? "unknown"} (code ${code}), ` +
        "which cannot be read.",
      "Convert it to integers or floats of 8 to 64 bits.",
    );
  }
  const datatype = code as Datatype;
  if (bits !== 8 * DATATYPES[datatype].bytes) {
    throw refusal(
      "datatype",
      `${file} contradicts itself: ${bits} bits a voxel of type ${DATATYPES[datatype].name}.`,
    );
  }
  return datatype;
}

function offsetOf(file: string, offset: number, pair: boolean, least: number): number {
  if (!pair && offset === 0) return least;
  const floor = pair ? 0 : least;
  if (!Number.isInteger(offset) || offset < floor || offset > 2 ** 40) {
    throw refusal("bad-offset", `${file} claims its voxels begin at byte ${offset}.`);
  }
  return offset;
}

function rescaleOf(file: string, slope: number, intercept: number): Rescale {
  if (!Number.isFinite(slope) || slope === 0) return { slope: 1, intercept: 0 };
  if (!Number.isFinite(intercept)) {
    throw refusal("bad-rescale", `${file} has scl_slope ${slope} but scl_inter ${intercept}.`);
  }
  return { slope, intercept: intercept + 0 };
}
