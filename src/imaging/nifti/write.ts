/**
 * Writing NIfTI-1: the same content gives the same bytes.
 *
 * @module
 */

import { writeAtomically } from "../../base/atomic.ts";
import { column, cross, dot, norm, scaled, shear } from "../affine.ts";
import { refusal } from "../refusal.ts";
import type { Affine, Rescale, StoredVoxels } from "../volume.ts";
import { type Datatype, DATATYPES } from "./header.ts";
import { gzip, gzipMask } from "./gzip.ts";

/** A volume in the order of the file to be written. */
export interface NiftiImage {
  /** Index i + I * (j + J * k). */
  readonly voxels: StoredVoxels;
  /** Voxels along i, j, k. */
  readonly shape: readonly [i: number, j: number, k: number];
  /** (i, j, k) to RAS+ millimetres. */
  readonly affine: Affine;
  /** scl_slope and scl_inter; the identity if left out. */
  readonly rescale?: Rescale;
  /**
   * NIfTI's code of the world space: 1 scanner (the default), 2 aligned, 3 Talairach, 4 MNI; 0 says
   * that it is unknown, and no sform or qform is written.
   */
  readonly spaceCode?: number;
  /** Whether the voxel sizes of the affine are known; true if left out. */
  readonly sized?: boolean;
}

const HEADER = 348;
const OFFSET = 352;
/** NIfTI's code of masks. */
const UINT8: Datatype = 2;
const MILLIMETRES = 2;
/** A qform holds rotations only: an affine leaning by more than float32 noise gets none. */
const ORTHOGONAL = 1e-5;

/**
 * The bytes of a NIfTI-1 file, uncompressed: sform and, for right angles, the same as a qform.
 *
 * @throws InputError if an axis is longer than NIfTI-1 can say (32767)
 */
export function encodeNifti(image: NiftiImage): Uint8Array<ArrayBuffer> {
  const { voxels } = image;
  const bytes = new Uint8Array(OFFSET + voxels.byteLength);
  bytes.set(headerOf(image, datatypeOf(voxels)));
  bytes.set(new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength), OFFSET);
  return bytes;
}

/** Everything before the voxels. */
function headerOf(
  { shape, affine, rescale = { slope: 1, intercept: 0 }, spaceCode = 1, sized = true }: Omit<
    NiftiImage,
    "voxels"
  >,
  datatype: Datatype,
): Uint8Array<ArrayBuffer> {
  if (shape.some((size) => size > 32767)) {
    throw refusal(
      "too-large",
      `NIfTI-1 cannot hold ${shape.join("x")}: 32767 an axis is the most.`,
    );
  }
  const bytes = new Uint8Array(OFFSET);
  const view = new DataView(bytes.buffer);
  const floats = (at: number, values: readonly number[]) =>
    values.forEach((value, index) => view.setFloat32(at + 4 * index, value, true));
  view.setInt32(0, HEADER, true);
  view.setUint8(38, "r".charCodeAt(0));
  [3, ...shape, 1, 1, 1, 1].forEach((size, index) => view.setInt16(40 + 2 * index, size, true));
  view.setInt16(70, datatype, true);
  view.setInt16(72, 8 * DATATYPES[datatype].bytes, true);
  const { quaternion, handed } = rotationOf(affine);
  // 1 of no unit is how files say that they do not know.
  const sizes = ([0, 1, 2] as const).map((axis) => sized ? norm(column(affine, axis)) : 1);
  floats(76, [spaceCode === 0 ? 1 : handed, ...sizes, 1, 1, 1, 1]);
  floats(108, [OFFSET, rescale.slope, rescale.intercept]);
  view.setUint8(123, sized ? MILLIMETRES : 0);
  view.setInt16(252, shear(affine) <= ORTHOGONAL ? spaceCode : 0, true);
  view.setInt16(254, spaceCode, true);
  if (spaceCode !== 0) {
    floats(256, [...quaternion, ...column(affine, 3)]);
    floats(280, [...affine[0], ...affine[1], ...affine[2]]);
  }
  bytes.set([..."n+1"].map((letter) => letter.charCodeAt(0)), 344);
  return bytes;
}

/** Refuses a path that does not end as the files of NIfTI do. */
export function requireNiftiName(path: string): void {
  if (/\.nii(\.gz)?$/i.test(path)) return;
  throw refusal("bad-name", `${path} should end in .nii or .nii.gz.`);
}

/** Writes a NIfTI-1 file atomically, compressed where the path ends in `.gz`. */
export function writeNifti(path: string, image: NiftiImage): void {
  requireNiftiName(path);
  const bytes = encodeNifti(image);
  writeAtomically(path, [/\.gz$/i.test(path) ? gzip(bytes) : bytes]);
}

/**
 * Writes a NIfTI-1 file of a mask (uint8) atomically, compressed where the path ends in `.gz`.
 *
 * @param voxels in the order of the file, part by part: the whole is never copied
 */
export function writeNiftiMask(
  path: string,
  image: Omit<NiftiImage, "voxels" | "rescale">,
  voxels: Iterable<Uint8Array<ArrayBuffer>>,
): void {
  requireNiftiName(path);
  const parts = following(headerOf(image, UINT8), voxels);
  writeAtomically(path, /\.gz$/i.test(path) ? gzipMask(parts) : parts);
}

function* following<T>(first: T, rest: Iterable<T>): Generator<T> {
  yield first;
  yield* rest;
}

function datatypeOf(voxels: StoredVoxels): Datatype {
  const name = voxels.constructor.name.replace("Array", "").toLowerCase();
  const code = Object.entries(DATATYPES).find(([, type]) => type.name === name)?.[0];
  return Number(code) as Datatype;
}

/** The rotation of an affine as a quaternion (b, c, d), with a mirrored k axis taken out. */
function rotationOf(affine: Affine): {
  readonly quaternion: readonly [number, number, number];
  readonly handed: 1 | -1;
} {
  const unit = ([0, 1, 2] as const).map((axis) => {
    const step = column(affine, axis);
    return scaled(step, 1 / norm(step));
  });
  const handed = dot(cross(unit[0], unit[1]), unit[2]) < 0 ? -1 : 1;
  const [x, y, z] = [unit[0], unit[1], scaled(unit[2], handed)];
  // The largest of the four components is safe to divide by.
  const squares = [
    1 + x[0] + y[1] + z[2],
    1 + x[0] - y[1] - z[2],
    1 - x[0] + y[1] - z[2],
    1 - x[0] - y[1] + z[2],
  ];
  const largest = squares.indexOf(Math.max(...squares));
  const root = 2 * Math.sqrt(squares[largest]);
  const minus = [y[2] - z[1], z[0] - x[2], x[1] - y[0]];
  const plus = [y[0] + x[1], z[0] + x[2], z[1] + y[2]];
  const candidates: readonly (readonly [number, number, number, number])[] = [
    [root / 4, minus[0] / root, minus[1] / root, minus[2] / root],
    [minus[0] / root, root / 4, plus[0] / root, plus[1] / root],
    [minus[1] / root, plus[0] / root, root / 4, plus[2] / root],
    [minus[2] / root, plus[1] / root, plus[2] / root, root / 4],
  ];
  const [a, b, c, d] = candidates[largest];
  // A quaternion and its negative are the same rotation; NIfTI stores the one with a >= 0.
  const sign = a < 0 ? -1 : 1;
  return { quaternion: [sign * b + 0, sign * c + 0, sign * d + 0], handed };
}
