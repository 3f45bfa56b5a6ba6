/**
 * Comparing the grids of an image and a mask, and telling why they differ.
 *
 * @module
 */

import { addScaled, column, farthestCorner, norm, type Vector } from "./affine.ts";
import { refusal } from "./refusal.ts";
import type { Affine, Grid } from "./volume.ts";

/** Grids may disagree by this share of the smallest voxel side, at the corner where they do most. */
export const GRID_TOLERANCE = 0.05;

/** Whether two grids lie voxel on voxel; where a spacing is unknown, only shapes compare. */
export function isSameGrid(a: Grid, b: Grid): boolean {
  if (a.shape.some((size, axis) => size !== b.shape[axis])) return false;
  if (a.spacing === null || b.spacing === null) return true;
  const tolerance = GRID_TOLERANCE * Math.min(...a.spacing, ...b.spacing);
  return farthestCorner(a.affine, b.affine, sizesOf(a)) <= tolerance;
}

/**
 * Refuses two grids that do not lie voxel on voxel: another shape, or corners further apart than
 * `GRID_TOLERANCE` of the smallest voxel side. Where a spacing is unknown, only shapes compare. The
 * error says what the difference looks like, and what mends it.
 *
 * @param names what errors call the two
 */
export function requireSameGrid(
  a: Grid,
  b: Grid,
  names: readonly [string, string] = ["the image", "the truth"],
): void {
  if (isSameGrid(a, b)) return;
  const { cause, advice } = causeOf(a, b, names);
  throw refusal(
    "other-grid",
    `${differenceOf(a, b, names)}${cause === "" ? "" : ` (${cause})`}.`,
    advice,
  );
}

/** In what two grids differ, in numbers. */
function differenceOf(a: Grid, b: Grid, names: readonly [string, string]): string {
  if (a.shape.some((size, axis) => size !== b.shape[axis])) {
    return `${names[0]} has ${a.shape.join("x")} voxels (z, y, x), ${names[1]} ${
      b.shape.join("x")
    }`;
  }
  const apart = farthestCorner(a.affine, b.affine, sizesOf(a));
  const differences = (["spacing", "origin"] as const).map((what) => {
    const [first, second] = [a, b].map((grid) =>
      what === "spacing" ? `${grid.spacing?.map(short).join(" ")}` : originOf(grid.affine)
    );
    return first === second ? "" : `${what} ${first} against ${second}`;
  }).filter((difference) => difference !== "");
  return `${names[0]} and ${names[1]} lie on different grids: corners are ${
    short(apart)
  } mm apart, ` +
    (differences.join("; ") || "other directions");
}

interface Cause {
  readonly cause: string;
  readonly advice: string;
}

const TAKE = 'take the geometry of the other: --geometry scan (in a manifest "geometry": "scan")';

/** What the difference of two grids looks like, and what mends it. */
function causeOf(a: Grid, b: Grid, [image, mask]: readonly [string, string]): Cause {
  const sizes = (grid: Grid) => [...grid.shape].sort((x, y) => x - y).join(" ");
  const bare = [isBare(a) ? image : null, isBare(b) ? mask : null].filter((name) => name !== null);
  if (sizes(a) === sizes(b) && bare.length === 1) {
    return {
      cause: `${bare[0]} has the header of a file that lost its own: 1 mm, at the origin`,
      advice: `Copy the header from the other; if the voxels correspond, ${TAKE}.`,
    };
  }
  const sameShape = a.shape.every((size, axis) => size === b.shape[axis]);
  if (sameShape && extentsAgree(a, b)) {
    const mirrored = mirroredAxes(a, b);
    if (mirrored !== "") {
      return {
        cause: `${mask} is the mirror image of ${image} along ${mirrored}`,
        advice: `If its voxels correspond all the same and only its header is wrong, ${TAKE}.`,
      };
    }
    return {
      cause: `${mask} lies elsewhere`,
      advice: `If the voxels correspond, ${TAKE}; else register or resample it first.`,
    };
  }
  if (!sameShape && extentsAgree(a, b)) {
    return {
      cause: `${mask} was resampled: it covers the same space with other voxels`,
      advice: "Use the mask on the image's own grid, or resample it back (nearest neighbour).",
    };
  }
  if (sameShape) {
    return {
      cause: `${mask} has another spacing`,
      advice: `If the voxels correspond, ${TAKE}; else it belongs to another scan.`,
    };
  }
  if (sizes(a) === sizes(b)) {
    return {
      cause: `the axes of ${mask} are in another order`,
      advice: "Write it in the order of the image, with the image's header.",
    };
  }
  return {
    cause: `${mask} is of another scan, or a part of one that does not lie on its voxels`,
    advice: "They must be on one grid: resample one to the other first.",
  };
}

/**
 * Whether a grid is what files without a header of their own have: steps of 1 mm, no turn, and a
 * corner or the middle at the world's origin.
 */
function isBare(grid: Grid): boolean {
  const unit = ([0, 1, 2] as const).every((axis) => {
    const step = column(grid.affine, axis).map(Math.abs).sort((x, y) => x - y);
    return step[0] < 1e-3 && step[1] < 1e-3 && Math.abs(step[2] - 1) < 1e-3;
  });
  if (!unit) return false;
  const corner = column(grid.affine, 3).every((value, axis) => {
    const far = value + grid.affine[axis][axis] * (grid.shape[2 - axis] - 1);
    return Math.min(Math.abs(value), Math.abs(far)) < 1e-3;
  });
  return corner || norm(middleOf(grid)) < 1e-3;
}

/** Whether two grids cover the same box, to a voxel. */
function extentsAgree(a: Grid, b: Grid): boolean {
  if (a.spacing === null || b.spacing === null) return false;
  return a.shape.every((size, axis) => {
    const [first, second] = [size * a.spacing![axis], b.shape[axis] * b.spacing![axis]];
    return Math.abs(first - second) <= Math.max(a.spacing![axis], b.spacing![axis]);
  });
}

/** Names of the axes along which one grid runs to the same place from the other end. */
function mirroredAxes(a: Grid, b: Grid): string {
  const centre = (grid: Grid) => middleOf(grid);
  const apart = norm(addScaled(centre(a), centre(b), -1));
  const side = Math.max(...a.spacing ?? [0]);
  if (apart <= side) return "";
  // A mirror in the world's middle leaves two coordinates of the centre and changes the third's sign.
  const [p, q] = [centre(a), centre(b)];
  const axes = ["x (left and right)", "y (front and back)", "z (up and down)"];
  const flipped = axes.filter((_, axis) =>
    Math.abs(p[axis] - q[axis]) > side && Math.abs(p[axis] + q[axis]) <= side
  );
  const rest = axes.filter((_, axis) => Math.abs(p[axis] - q[axis]) <= side);
  return flipped.length > 0 && flipped.length + rest.length === 3 ? flipped.join(" and ") : "";
}

function middleOf({ affine, shape }: Grid): Vector {
  const [x, y, z] = [shape[2], shape[1], shape[0]].map((size) => (size - 1) / 2);
  const along = (at: 0 | 1 | 2) =>
    affine[at][0] * x + affine[at][1] * y + affine[at][2] * z + affine[at][3];
  return [along(0), along(1), along(2)];
}

/** Voxels along x, y, z: what an affine takes. */
function sizesOf({ shape: [z, y, x] }: Grid): Vector {
  return [x, y, z];
}

function originOf(affine: Affine): string {
  return [affine[0][3], affine[1][3], affine[2][3]].map(short).join(" ");
}

function short(value: number): string {
  return String(Number(value.toFixed(4)));
}

/**
 * The whole number of voxels by which a grid lies inside another one with the same voxels, along
 * z, y, x; null where they do not lie on one lattice.
 *
 * @example
 * ```ts
 * import { affineOf } from "./affine.ts";
 * import { latticeOffset } from "./grids.ts";
 * import assert from "node:assert/strict";
 * const grid = (z: number, slices: number) => ({
 *   shape: [slices, 4, 4] as const,
 *   spacing: [2, 1, 1] as const,
 *   affine: affineOf([-1, 0, 0], [0, -1, 0], [0, 0, 2], [0, 0, z]),
 * });
 * assert.deepEqual(latticeOffset(grid(0, 9), grid(6, 3)), [3, 0, 0]);
 * assert.equal(latticeOffset(grid(0, 9), grid(7, 3)), null);
 * ```
 */
export function latticeOffset(whole: Grid, part: Grid): readonly [number, number, number] | null {
  if (whole.spacing === null || part.spacing === null) return null;
  const offset: number[] = [];
  const from = addScaled(column(part.affine, 3), column(whole.affine, 3), -1);
  let rest = from;
  for (const axis of [0, 1, 2] as const) {
    const [a, b] = [column(whole.affine, axis), column(part.affine, axis)];
    const reach = Math.max(1, part.shape[2 - axis] - 1);
    if (norm(addScaled(a, b, -1)) * reach > GRID_TOLERANCE * norm(a)) return null;
    const steps = Math.round(
      (from[0] * a[0] + from[1] * a[1] + from[2] * a[2]) / (norm(a) * norm(a)),
    );
    rest = addScaled(rest, a, -steps);
    offset.push(steps);
  }
  if (norm(rest) > GRID_TOLERANCE * Math.min(...whole.spacing)) return null;
  return [offset[2], offset[1], offset[0]];
}
