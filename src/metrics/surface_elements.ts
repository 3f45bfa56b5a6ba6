/**
 * The surface of a mask as marching-cubes elements, as DeepMind's `surface-distance` defines it.
 *
 * Voxel centres are the corners of cubes; the surface passes half-way between a foreground and a
 * background corner. A cube is known by its code: bit 4a + 2b + c stands for the corner that is
 * a steps back along z, b along y, c along x (each 0 or 1), and is set where that corner is
 * foreground. An element is the part of the surface in one cube; its area depends on the code
 * and the spacing.
 *
 * `surface-distance` stores the triangles of all 256 codes as a table. Their areas follow from a
 * rule, which stands here instead and is tested against that table: a code and its complement
 * have one surface; the smaller set of corners falls into pieces joined along cube edges; each
 * piece is cut off by triangles that depend on its form only.
 *
 * @module
 */

import type { Box } from "./common_box.ts";
import type { Triple } from "./distances.ts";

/** A triangle: |z|, |y|, |x| of its normal at unit spacing, as long as its area, in eighths. */
type Triangle = Triple;

/** The bit of a corner's number that moves it along z, y, x. */
const AXIS_BITS: readonly number[] = [4, 2, 1];

const tilted = (size: number): Triangle => [size, size, size];
const facing = (
  axis: number,
): Triangle => [at(axis, 0, 4, 0), at(axis, 1, 4, 0), at(axis, 2, 4, 0)];
const beside = (
  axis: number,
): Triangle => [at(axis, 0, 0, 2), at(axis, 1, 0, 2), at(axis, 2, 0, 2)];
const at = (axis: number, place: number, there: number, elsewhere: number): number =>
  axis === place ? there : elsewhere;

/**
 * The area in mm² of the surface element of each of the 256 codes.
 *
 * @param spacing mm along z, y, x
 *
 * @example
 * ```ts
 * import { surfaceElementAreas } from "./surface_elements.ts";
 * import assert from "node:assert/strict";
 * const areas = surfaceElementAreas([1, 1, 1]);
 * assert.equal(areas[0b00001111], 1); // four corners of one face: a plane
 * assert.equal(areas[0b00000001], Math.sqrt(3) / 8); // one corner cut off
 * ```
 */
export function surfaceElementAreas(spacing: Triple): Float64Array {
  const [z, y, x] = spacing;
  return Float64Array.from({ length: 256 }, (_, code) => {
    let area = 0;
    for (const [a, b, c] of trianglesOf(code)) {
      const [u, v, w] = [(a / 8) * y * x, (b / 8) * z * x, (c / 8) * z * y];
      area += Math.sqrt(u * u + v * v + w * w);
    }
    return area;
  });
}

function trianglesOf(code: number): readonly Triangle[] {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7];
  const set = corners.filter((corner) => (code >> corner) & 1);
  const smaller = set.length <= 4 ? set : corners.filter((corner) => !set.includes(corner));
  return piecesOf(smaller).flatMap(trianglesOfPiece);
}

/** Parts of a set of corners that are joined along edges of the cube. */
function piecesOf(corners: readonly number[]): number[][] {
  const left = new Set(corners);
  const pieces: number[][] = [];
  for (const first of corners) {
    if (!left.delete(first)) continue;
    const piece = [first];
    for (const corner of piece) {
      for (const bit of AXIS_BITS) if (left.delete(corner ^ bit)) piece.push(corner ^ bit);
    }
    pieces.push(piece);
  }
  return pieces;
}

/** The triangles that cut a piece of one to four joined corners off the cube. */
function trianglesOfPiece(piece: readonly number[]): readonly Triangle[] {
  const axesAt = (corner: number) =>
    [0, 1, 2].filter((axis) => piece.includes(corner ^ AXIS_BITS[axis]));
  const axes = new Set(piece.flatMap(axesAt));
  const flat = [0, 1, 2].findIndex((axis) => !axes.has(axis)); // the normal of a flat piece
  if (piece.length === 1) return [tilted(1)];
  if (piece.length === 2) {
    const [axis] = axes;
    return [beside(axis), beside(axis)];
  }
  if (piece.length === 3) return [facing(flat), tilted(2), tilted(1)];
  if (flat >= 0) return [facing(flat), facing(flat)];
  const ends = piece.filter((corner) => axesAt(corner).length === 1);
  if (ends.length === 3) return [tilted(1), tilted(1), tilted(2), tilted(2)]; // a tripod
  const [first, last] = ends.map((corner) => axesAt(corner)[0]); // a path along all three axes
  return [beside(first), beside(last), tilted(1), tilted(3)];
}

/**
 * The codes of all cubes that touch a box of voxels; what lies outside the box is background.
 *
 * @param mask 0 or 1 a voxel, order (z, y, x)
 * @param shape sizes of the mask
 * @param box the box, inside the mask
 * @returns one code a cube, one cube more than voxels along z, y, x; 0 where no surface passes
 */
export function surfaceCodes(mask: Uint8Array, shape: Triple, box: Box): Uint8Array {
  const [depth, height, width] = box.shape;
  const row = width + 1;
  const slice = (height + 1) * row;
  const codes = new Uint8Array((depth + 1) * slice);
  const steps = Array.from(
    { length: 8 },
    (_, corner) => (corner >> 2) * slice + ((corner >> 1) & 1) * row + (corner & 1),
  );
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const from = ((box.start[0] + z) * shape[1] + box.start[1] + y) * shape[2] + box.start[2];
      const to = z * slice + y * row;
      for (let x = 0; x < width; x++) {
        if (mask[from + x] === 0) continue;
        for (let corner = 0; corner < 8; corner++) codes[to + x + steps[corner]] |= 1 << corner;
      }
    }
  }
  for (let i = 0; i < codes.length; i++) if (codes[i] === 255) codes[i] = 0;
  return codes;
}
