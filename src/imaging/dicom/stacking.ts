/**
 * The slices of a series as a stack: in order, without copies, on a grid.
 *
 * @module
 */

import { affineOf, cross, flipWorld, norm, scaled } from "../affine.ts";
import { refusal } from "../refusal.ts";
import type { Affine, EvenGrid, IngestNote } from "../volume.ts";
import { type PlacedSlice, withoutDuplicates } from "./duplicates.ts";
import { evenGrid } from "./even_grid.ts";
import { examineStack, stackSlices } from "./geometry.ts";
import type { SliceReader } from "./pixels.ts";
import type { Slice } from "./slice.ts";

/** Slices in the order of their stack. */
export interface StackedSlices {
  /** In order along the normal. */
  readonly slices: readonly Slice[];
  /** (i, j, k) to RAS+ millimetres: of the slices, or of the grid that is made of them. */
  readonly affine: Affine;
  /** Whether the distance of the slices is known. */
  readonly sized: boolean;
  /** The grid that uneven or leaning slices are interpolated to; null where they are none. */
  readonly even: EvenGrid | null;
}

/**
 * Orders the slices and drops copies.
 *
 * @param unit what errors call the series
 * @param resample whether slices that lie unevenly or lean may be interpolated to a grid
 * @throws InputError where they make no stack
 */
export function stack(
  unit: string,
  slices: readonly Slice[],
  resample: boolean,
  notes: IngestNote[],
  reader: SliceReader,
): StackedSlices {
  const placed = slices.filter((slice): slice is PlacedSlice =>
    slice.position !== null && slice.orientation !== null
  );
  const [rowsApart, columnsApart] = slices[0].pixelSpacing ?? [1, 1];
  if (placed.length < slices.length) {
    const lost = slices.find(({ position, orientation }) => !position || !orientation);
    if (slices.length > 1) {
      throw refusal(
        "no-position",
        `${lost?.file} does not say where it lies (ImagePositionPatient, ImageOrientationPatient).`,
        "Slices cannot be put in order without; file names and InstanceNumber are not used.",
      );
    }
    notes.push({
      kind: "warning",
      rule: "no-position",
      message: "the image does not say where it lies: an axial slice at the origin is assumed",
    });
    const affine = affineOf([columnsApart, 0, 0], [0, rowsApart, 0], [0, 0, 1], [0, 0, 0]);
    return { slices, affine: flipWorld(affine), sized: false, even: null };
  }
  const { row, column } = placed[0].orientation;
  const different = withoutDuplicates(placed, notes, reader);
  const pixel = slices[0].pixelSpacing === null ? null : Math.min(rowsApart, columnsApart);
  const even = resample ? evened(unit, different, notes) : null;
  if (even !== null) return even;
  const { order, step } = stackSlices(different, row, column, pixel, unit);
  const sorted = order.map((index) => different[index]);
  if (order.some((index, at) => index !== at)) {
    notes.push({
      kind: "found",
      rule: "sorted-by-position",
      message: "file names are not in the order of the slices; positions are what counts",
    });
  }
  const between = sorted[0].between;
  if (step === null) noteOneSlice(between, notes);
  else noteStatedSpacing(norm(step), between, notes);
  const affine = affineOf(
    scaled(row, columnsApart),
    scaled(column, rowsApart),
    step ?? scaled(cross(row, column), between ?? 1),
    sorted[0].position,
  );
  const sized = step !== null || between !== null;
  return { slices: sorted, affine: flipWorld(affine), sized, even: null };
}

/** Slices that are no regular stack, with the grid that is made of them; null for a regular one. */
function evened(
  unit: string,
  slices: readonly PlacedSlice[],
  notes: IngestNote[],
): StackedSlices | null {
  const [{ orientation: { row, column }, pixelSpacing, rows, columns }] = slices;
  if (pixelSpacing === null) return null;
  const { order, faults } = examineStack(slices, row, column, Math.min(...pixelSpacing));
  if (faults.length === 0) return null;
  const sorted = order.map((index) => slices[index]);
  const positions = sorted.map(({ position }) => position);
  const plane = [columns, rows] as const;
  const even = evenGrid(unit, { positions, row, column, pixelSpacing, plane });
  notes.push({
    kind: "warning",
    rule: "resampled",
    message: `${faults.map(({ fact }) => fact).join("; ")}: interpolated to an ` +
      `even, untilted grid of ${even.shape.join("x")} voxels, as asked for`,
  });
  return { slices: sorted, affine: flipWorld(even.affine), sized: true, even };
}

function noteStatedSpacing(measured: number, stated: number | null, notes: IngestNote[]): void {
  if (stated === null || Math.abs(measured - stated) <= 0.01 * measured) return;
  notes.push({
    kind: "warning",
    rule: "spacing-stated",
    message: `SpacingBetweenSlices says ${stated} mm, the positions ${
      Number(measured.toFixed(4))
    } mm; positions are what counts`,
  });
}

function noteOneSlice(between: number | null, notes: IngestNote[]): void {
  notes.push({
    kind: "warning",
    rule: "one-slice",
    message: "a single slice has no distance to the next: " +
      (between === null
        ? "nothing can be told in millimetres"
        : `SpacingBetweenSlices, ${between} mm, stands in`),
  });
}
