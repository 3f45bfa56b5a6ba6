/**
 * Masks: reading truths, comparing grids, writing predictions back where the scan lies.
 *
 * @module
 */

import { farthestCorner } from "./affine.ts";
import { kindOf } from "./files.ts";
import { looksLikeNifti, readNifti } from "./nifti/read.ts";
import { writeNiftiMask } from "./nifti/write.ts";
import { canonicalSource, sourceParts } from "./orientation.ts";
import { type ReadOptions } from "./read.ts";
import { unhooked } from "./files.ts";
import { refusal } from "./refusal.ts";
import type { Affine, Grid, IngestReport, Mask, SourceGrid, Volume } from "./volume.ts";

/** A mask with what its file said. */
export interface MaskFile extends Mask {
  /** The grid as stored in the file. */
  readonly source: SourceGrid;
  /** What was noticed while reading. */
  readonly report: IngestReport;
}

/** What can be said about how to read a mask. */
export interface MaskOptions extends Pick<ReadOptions, "onPhase" | "form"> {
  /** Labels that count as foreground; every label but 0 if left out. */
  readonly labels?: readonly number[];
}

/** Labels may be off a whole number by this, after rescaling. */
const WHOLE = 1e-3;

/**
 * Reads a mask from a NIfTI file: voxels of a label become 1, others 0.
 *
 * @throws InputError where `readScan` would, and for values that are no labels (fractions,
 * negative, NaN): a probability map is not a mask
 */
export function readMask(path: string, options: MaskOptions = {}): MaskFile {
  const onPhase = options.onPhase ?? unhooked;
  if (kindOf(path) === "folder" || !looksLikeNifti(path, onPhase)) {
    throw refusal("not-nifti", `${path} is not a NIfTI file; masks are read from NIfTI only.`);
  }
  const { voxels: stored, rescale: [rescale], shape, spacing, affine, source, report } = readNifti(
    path,
    onPhase,
    options.form,
  );
  const voxels = onPhase("decode", () => {
    const voxels = new Uint8Array(stored.length);
    const wanted = options.labels === undefined ? null : new Set(options.labels);
    const { slope, intercept } = rescale;
    for (let at = 0; at < voxels.length; at++) {
      const value = stored[at] * slope + intercept;
      if (value === 0) {
        voxels[at] = wanted?.has(0) ? 1 : 0;
        continue;
      }
      const label = Math.round(value);
      if (!(Math.abs(value - label) <= WHOLE) || label < 0) {
        throw refusal(
          "not-a-mask",
          `${path} holds the value ${value}, which is no label: masks hold whole numbers from 0.`,
          "Threshold a probability map first.",
        );
      }
      voxels[at] = (wanted === null ? label > 0 : wanted.has(label)) ? 1 : 0;
    }
    return voxels;
  });
  return { voxels, shape, spacing, affine, source, report };
}

/** Grids may disagree by this share of the smallest voxel side, at the corner where they do most. */
export const GRID_TOLERANCE = 0.05;

/**
 * Refuses two grids that do not lie voxel on voxel: another shape, or corners further apart than
 * `GRID_TOLERANCE` of the smallest voxel side. Where a spacing is unknown, only shapes compare.
 *
 * @param names what errors call the two
 */
export function requireSameGrid(
  a: Grid,
  b: Grid,
  names: readonly [string, string] = ["the image", "the truth"],
): void {
  if (a.shape.some((size, axis) => size !== b.shape[axis])) {
    throw refusal(
      "other-grid",
      `${names[0]} has ${a.shape.join("x")} voxels (z, y, x), ${names[1]} ${b.shape.join("x")}.`,
      "They must be on one grid: resample one to the other first.",
    );
  }
  if (a.spacing === null || b.spacing === null) return;
  const apart = farthestCorner(a.affine, b.affine, [a.shape[2], a.shape[1], a.shape[0]]);
  const tolerance = GRID_TOLERANCE * Math.min(...a.spacing, ...b.spacing);
  if (apart <= tolerance) return;
  const differences = (["spacing", "origin"] as const).map((what) => {
    const [first, second] = [a, b].map((grid) =>
      what === "spacing" ? `${grid.spacing?.map(short).join(" ")}` : originOf(grid.affine)
    );
    return first === second ? "" : `${what} ${first} against ${second}`;
  }).filter((difference) => difference !== "");
  throw refusal(
    "other-grid",
    `${names[0]} and ${names[1]} lie on different grids: corners are ${short(apart)} mm apart ` +
      `where ${short(tolerance)} is allowed (${differences.join("; ") || "other directions"}).`,
    "They must be on one grid: resample one to the other first.",
  );
}

/**
 * Writes a mask of a scan as NIfTI (uint8), atomically; the same mask gives the same bytes.
 *
 * For a NIfTI scan the file has its shape, axis order and affine; for a DICOM scan, whose files
 * are slices, the canonical grid (x to the left, y to the back, z up) with its RAS+ affine. Where
 * the scan does not say where it lies, or how large its voxels are, nor does the mask (sform_code
 * and qform_code 0): its voxels correspond, in the order that readers assume then (LAS).
 *
 * @param path `.nii` or `.nii.gz`
 * @param mask 0 or 1 a voxel of the scan, in its canonical order
 */
export function writeMask(
  path: string,
  mask: Uint8Array<ArrayBuffer>,
  scan: Pick<Volume, "shape" | "spacing" | "affine" | "format" | "source">,
): void {
  const voxels = scan.shape[0] * scan.shape[1] * scan.shape[2];
  if (mask.length !== voxels) {
    throw refusal(
      "other-grid",
      `A mask of ${mask.length} voxels does not fit a scan of ${scan.shape.join("x")}.`,
    );
  }
  const sized = scan.spacing !== null;
  const source = scan.format === "nifti"
    ? scan.source
    : sized
    ? canonicalSource(scan)
    : unplacedSource(scan);
  const { shape, affine, spaceCode = 1 } = source;
  writeNiftiMask(path, { shape, affine, spaceCode, sized }, sourceParts(mask, source));
}

/** The grid of a file that states no orientation: readers take it for LAS. */
function unplacedSource({ shape: [z, y, x], affine }: Grid): SourceGrid {
  return {
    shape: [x, y, z],
    affine,
    orientation: "LAS",
    axes: [{ axis: 0, reversed: false }, { axis: 1, reversed: true }, { axis: 2, reversed: false }],
    spaceCode: 0,
  };
}

function originOf(affine: Affine): string {
  return [affine[0][3], affine[1][3], affine[2][3]].map(short).join(" ");
}

function short(value: number): string {
  return String(Number(value.toFixed(4)));
}
