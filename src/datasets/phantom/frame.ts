/**
 * Where the voxels of a phantom lie in the patient's millimetres.
 *
 * @module
 */

import type { PhantomParameters } from "./parameters.ts";
import type { Point } from "./patient.ts";

/** A half-open range of columns and rows. */
export interface Box {
  /** First column. */
  readonly left: number;
  /** Column after the last. */
  readonly right: number;
  /** First row. */
  readonly top: number;
  /** Row after the last. */
  readonly bottom: number;
}

/** The lattice of voxel centres, in mm of the patient's frame. */
export interface Frame {
  /** Slices. */
  readonly slices: number;
  /** Rows of a slice. */
  readonly rows: number;
  /** Columns of a slice. */
  readonly columns: number;
  /** Size of a voxel in the slice: across columns (x), across rows (y). */
  readonly pixel: readonly [x: number, y: number];
  /** Distance of the slices. */
  readonly step: number;
  /** x of a column. */
  x(column: number): number;
  /** y of a row. */
  y(row: number): number;
  /** z of a slice. */
  z(slice: number): number;
  /** The voxels whose centres lie in a rectangle, cut to the slice. */
  box(x0: number, x1: number, y0: number, y1: number): Box;
}

/** The frame of a phantom: the middle of the lattice is the patient's origin, less `offset`. */
export function frameOf({ shape, spacing }: PhantomParameters, offset: Point): Frame {
  const [slices, rows, columns] = shape;
  const [step, dy, dx] = spacing;
  const x0 = -((columns - 1) / 2) * dx - offset[0];
  const y0 = -((rows - 1) / 2) * dy - offset[1];
  const z0 = -((slices - 1) / 2) * step - offset[2];
  const clamp = (value: number, limit: number) => Math.min(limit, Math.max(0, value));
  return {
    slices,
    rows,
    columns,
    pixel: [dx, dy],
    step,
    x: (column) => x0 + column * dx,
    y: (row) => y0 + row * dy,
    z: (slice) => z0 + slice * step,
    box: (xa, xb, ya, yb) => ({
      left: clamp(Math.ceil((xa - x0) / dx), columns),
      right: clamp(Math.floor((xb - x0) / dx) + 1, columns),
      top: clamp(Math.ceil((ya - y0) / dy), rows),
      bottom: clamp(Math.floor((yb - y0) / dy) + 1, rows),
    }),
  };
}
