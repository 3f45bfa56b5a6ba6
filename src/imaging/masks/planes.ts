/**
 * The planes of a scan or of any grid, onto which contours and frames of masks are laid.
 *
 * @module
 */

import { addScaled, column, dot, norm, scaled, type Vector } from "../affine.ts";
import { onGrid } from "../dicom/even_grid.ts";
import { toCanonical } from "../orientation.ts";
import { refusal } from "../refusal.ts";
import type { Grid, Volume } from "../volume.ts";

/** What masks are laid onto: a scan, or the grid of another mask. */
export type Place = Grid & Partial<Pick<Volume, "dicom" | "source">>;

/** Parallel planes of pixels, in LPS+ millimetres. */
export interface Planes {
  /** Centre of the first pixel of each, in order along `row` x `column` or against it. */
  readonly positions: readonly Vector[];
  /** Direction of a row. */
  readonly row: Vector;
  /** Direction of a column. */
  readonly column: Vector;
  /** Millimetres between rows and between columns. */
  readonly pixelSpacing: readonly [between_rows: number, between_columns: number];
  /** Columns and rows. */
  readonly plane: readonly [columns: number, rows: number];
  /** Pixels (index i + columns * (j + rows * k)) as voxels of the place, in its canonical order. */
  readonly toVoxels: (pixels: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

/**
 * The planes of a place: those of its slices where it is a DICOM scan, else those across the axis
 * that is closest to a direction.
 *
 * @param normal direction across the planes that are wanted, LPS+
 * @throws InputError for a place whose geometry is unknown
 */
export function planesOf(place: Place, normal: Vector): Planes {
  const { dicom, source } = place;
  if (place.spacing === null) {
    throw refusal(
      "no-spacing",
      "The scan does not say where it lies or how large its voxels are: a mask that is given in " +
        "millimetres cannot be laid onto it.",
      "Use a mask of voxels (NIfTI), or a scan with its geometry.",
    );
  }
  const slices = dicom?.slices.flatMap(({ position }) => position ?? []) as number[] | undefined;
  if (dicom?.orientation && dicom.pixelSpacing && source && slices?.length) {
    const { even, orientation: { row, column }, pixelSpacing, plane } = dicom;
    return {
      positions: dicom.slices.map(({ position }) => position as Vector),
      row,
      column,
      pixelSpacing,
      plane,
      toVoxels: (pixels) => toCanonical(even === null ? pixels : onGrid(even, pixels), source),
    };
  }
  return planesAcross(place, place.spacing, normal);
}

/** The planes of a grid across its axis that is closest to a direction. */
function planesAcross(
  { affine, shape }: Grid,
  spacing: readonly [number, number, number],
  normal: Vector,
): Planes {
  const lps = (vector: Vector): Vector => [-vector[0], -vector[1], vector[2]];
  const steps = ([0, 1, 2] as const).map((axis) => lps(column(affine, axis)));
  const cosines = steps.map((step) => Math.abs(dot(step, normal)) / norm(step));
  const across = cosines.indexOf(Math.max(...cosines));
  const [i, j] = [0, 1, 2].filter((axis) => axis !== across);
  const sizes = [shape[2], shape[1], shape[0]];
  const strides = [1, sizes[0], sizes[0] * sizes[1]];
  const origin = lps(column(affine, 3));
  const unit = (axis: number) => scaled(steps[axis], 1 / norm(steps[axis]));
  const [columns, rows, count] = [sizes[i], sizes[j], sizes[across]];
  return {
    positions: Array.from({ length: count }, (_, k) => addScaled(origin, steps[across], k)),
    row: unit(i),
    column: unit(j),
    pixelSpacing: [spacing[2 - j], spacing[2 - i]],
    plane: [columns, rows],
    toVoxels: (pixels) => {
      if (across === 2) return pixels;
      const voxels = new Uint8Array(pixels.length);
      let from = 0;
      for (let k = 0; k < count; k++) {
        for (let row = 0; row < rows; row++) {
          let to = k * strides[across] + row * strides[j];
          for (let c = 0; c < columns; c++, to += strides[i]) voxels[to] = pixels[from++];
        }
      }
      return voxels;
    },
  };
}

/** A point as columns, rows and planes of a stack; planes may be unevenly far apart. */
export function pixelOf(
  { positions, row, column, pixelSpacing }: Planes,
  k: number,
  point: Vector,
): readonly [i: number, j: number] {
  const offset = addScaled(point, positions[k], -1);
  return [dot(offset, row) / pixelSpacing[1], dot(offset, column) / pixelSpacing[0]];
}

/** The plane that a point lies in, and how far from it, as a share of the distance to the next one. */
export function planeOf(
  { positions, row, column }: Planes,
  point: Vector,
): { readonly k: number; readonly off: number } {
  const normal: Vector = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ];
  const heights = positions.map((position) => dot(addScaled(point, position, -1), normal));
  let k = 0;
  heights.forEach((height, at) => {
    if (Math.abs(height) < Math.abs(heights[k])) k = at;
  });
  const neighbours = [k - 1, k + 1].filter((at) => at >= 0 && at < positions.length)
    .map((at) => Math.abs(heights[at] - heights[k]));
  const apart = neighbours.length === 0 ? 1 : Math.min(...neighbours);
  return { k, off: Math.abs(heights[k]) / apart };
}
