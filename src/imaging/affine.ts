/**
 * Vectors and affine matrices in millimetres.
 *
 * @module
 */

import type { Affine } from "./volume.ts";

/** A point or direction in millimetres. */
export type Vector = readonly [number, number, number];

/** Inner product. */
export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Vector product a x b. */
export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Length. */
export function norm(a: Vector): number {
  return Math.sqrt(dot(a, a));
}

/** a + factor * b. */
export function addScaled(a: Vector, b: Vector, factor: number): Vector {
  return [a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2]];
}

/** The vector times a factor. */
export function scaled(a: Vector, factor: number): Vector {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

/** Column 0, 1, 2 (the step of one voxel along an axis) or 3 (the origin) of an affine. */
export function column(affine: Affine, index: 0 | 1 | 2 | 3): Vector {
  return [affine[0][index], affine[1][index], affine[2][index]];
}

/** The affine whose columns are three steps and an origin; negative zeros become zeros. */
export function affineOf(i: Vector, j: Vector, k: Vector, origin: Vector): Affine {
  const row = (axis: 0 | 1 | 2): [number, number, number, number] => [
    i[axis] + 0,
    j[axis] + 0,
    k[axis] + 0,
    origin[axis] + 0,
  ];
  return [row(0), row(1), row(2), [0, 0, 0, 1]];
}

/**
 * Where a voxel lies.
 *
 * @example
 * ```ts
 * import { affineOf, locate } from "./affine.ts";
 * import assert from "node:assert/strict";
 * const affine = affineOf([-2, 0, 0], [0, -2, 0], [0, 0, 5], [10, 20, 30]);
 * assert.deepEqual(locate(affine, [1, 2, 3]), [8, 16, 45]);
 * ```
 */
export function locate(affine: Affine, voxel: Vector): Vector {
  const at = (axis: 0 | 1 | 2) =>
    affine[axis][0] * voxel[0] + affine[axis][1] * voxel[1] + affine[axis][2] * voxel[2] +
    affine[axis][3];
  return [at(0), at(1), at(2)];
}

/**
 * The largest distance between the same corner of two grids of one shape, in millimetres.
 *
 * @param shape voxels along the axes that the affines take
 */
export function farthestCorner(a: Affine, b: Affine, shape: Vector): number {
  const [x, y, z] = shape.map((size) => size - 1);
  let most = 0;
  for (let corner = 0; corner < 8; corner++) {
    const voxel: Vector = [corner & 1 ? x : 0, corner & 2 ? y : 0, corner & 4 ? z : 0];
    most = Math.max(most, norm(addScaled(locate(a, voxel), locate(b, voxel), -1)));
  }
  return most;
}

/** DICOM's LPS+ world as NIfTI's RAS+ world, or the other way: x and y change their sign. */
export function flipWorld(affine: Affine): Affine {
  const flip = (v: Vector): Vector => [-v[0], -v[1], v[2]];
  return affineOf(
    flip(column(affine, 0)),
    flip(column(affine, 1)),
    flip(column(affine, 2)),
    flip(column(affine, 3)),
  );
}

/** The largest |cosine| between two of the three axes: 0 is orthogonal, more is sheared. */
export function shear(affine: Affine): number {
  const axes = ([0, 1, 2] as const).map((index) => {
    const step = column(affine, index);
    return scaled(step, 1 / norm(step));
  });
  return Math.max(
    Math.abs(dot(axes[0], axes[1])),
    Math.abs(dot(axes[0], axes[2])),
    Math.abs(dot(axes[1], axes[2])),
  );
}
