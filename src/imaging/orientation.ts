/**
 * The one canonical orientation, and the way back from it.
 *
 * Inside, index (z, y, x) runs from inferior to superior, from anterior to posterior and from the
 * patient's right to the left. An oblique grid keeps its own axes: each becomes the canonical axis
 * it is closest to, and no voxel is interpolated.
 *
 * @module
 */

import { addScaled, affineOf, column, norm, scaled, type Vector } from "./affine.ts";
import { isOrdered, reorder, reorderInto, reverseAxes } from "./reordering.ts";
import type { Affine, Grid, SourceAxis, SourceGrid, StoredVoxels } from "./volume.ts";

/** Sign of the RAS+ axis towards which canonical x (left), y (posterior), z (superior) run. */
const TOWARDS = [-1, -1, 1] as const;

const LETTERS = [["L", "R"], ["P", "A"], ["I", "S"]] as const;

/** Which source axis each world axis takes; the first of equally close ones wins. */
const PERMUTATIONS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** The source axes closest to the world's x, y, z: the permutation with the largest cosines. */
function closestAxes(affine: Affine): readonly [0 | 1 | 2, 0 | 1 | 2, 0 | 1 | 2] {
  const cosine = (world: 0 | 1 | 2, axis: 0 | 1 | 2) =>
    Math.abs(affine[world][axis]) / norm(column(affine, axis));
  let best: (typeof PERMUTATIONS)[number] = PERMUTATIONS[0];
  let most = -1;
  for (const candidate of PERMUTATIONS) {
    const sum = cosine(0, candidate[0]) + cosine(1, candidate[1]) + cosine(2, candidate[2]);
    // Ties (axes at exactly 45 degrees) must not hang on rounding.
    if (sum > most + 1e-9) [most, best] = [sum, candidate];
  }
  return best;
}

/**
 * The grid of a file: its orientation letters and how the canonical axes map to its own.
 *
 * @param shape voxels along the file's i, j, k
 * @param affine (i, j, k) to RAS+ millimetres; must be invertible
 *
 * @example
 * ```ts
 * import { sourceGrid } from "./orientation.ts";
 * import assert from "node:assert/strict";
 * const las = sourceGrid([4, 5, 6], [[-2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 1]]);
 * assert.equal(las.orientation, "LAS");
 * assert.deepEqual(las.axes[1], { axis: 1, reversed: true });
 * ```
 */
export function sourceGrid(
  shape: readonly [number, number, number],
  affine: Affine,
  spaceCode?: number,
): SourceGrid {
  const closest = closestAxes(affine);
  const letters = ["", "", ""];
  const axes = ([0, 1, 2] as const).map((world): SourceAxis => {
    const axis = closest[world];
    const positive = affine[world][axis] >= 0;
    letters[axis] = LETTERS[world][positive ? 1 : 0];
    return { axis, reversed: positive !== TOWARDS[world] > 0 };
  });
  return {
    shape,
    affine,
    orientation: letters.join(""),
    axes: [axes[0], axes[1], axes[2]],
    ...(spaceCode === undefined ? {} : { spaceCode }),
  };
}

/** The canonical grid of a source grid: spacing is the length of each voxel step. */
export function canonicalGrid(source: SourceGrid): Grid & { readonly spacing: Vector } {
  let origin = column(source.affine, 3);
  const steps = source.axes.map(({ axis, reversed }): Vector => {
    const step = column(source.affine, axis);
    if (!reversed) return step;
    origin = addScaled(origin, step, source.shape[axis] - 1);
    return scaled(step, -1);
  });
  const [x, y, z] = steps;
  const [sizeX, sizeY, sizeZ] = source.axes.map(({ axis }) => source.shape[axis]);
  return {
    shape: [sizeZ, sizeY, sizeX],
    spacing: [norm(z), norm(y), norm(x)],
    affine: affineOf(x, y, z, origin),
  };
}

/** The source grid that equals the canonical one: three axes as they are, letters LPS. */
export function canonicalSource(grid: Pick<Grid, "shape" | "affine">): SourceGrid {
  const [z, y, x] = grid.shape;
  return {
    shape: [x, y, z],
    affine: grid.affine,
    orientation: "LPS",
    axes: [{ axis: 0, reversed: false }, { axis: 1, reversed: false }, {
      axis: 2,
      reversed: false,
    }],
  };
}

/**
 * Voxels of the file's order (i fastest) in canonical order (x fastest).
 *
 * Returns the same array where the two orders agree.
 */
export function toCanonical<T extends StoredVoxels>(voxels: T, source: SourceGrid): T {
  const strides = [1, source.shape[0], source.shape[0] * source.shape[1]];
  let start = 0;
  const steps = source.axes.map(({ axis, reversed }) => {
    if (!reversed) return strides[axis];
    start += (source.shape[axis] - 1) * strides[axis];
    return -strides[axis];
  });
  const sizes = source.axes.map(({ axis }) => source.shape[axis]);
  return reorder(voxels, [sizes[0], sizes[1], sizes[2]], [steps[0], steps[1], steps[2]], start);
}

/**
 * As `toCanonical`, for voxels that nobody else holds: they are moved in their own memory, unless
 * axes change places, and must not be used afterwards.
 */
export function intoCanonical<T extends StoredVoxels>(voxels: T, source: SourceGrid): T {
  if (source.axes.some(({ axis }, at) => axis !== at)) {
    const moved = toCanonical(voxels, source);
    free(voxels);
    return moved;
  }
  const [x, y, z] = source.axes.map(({ reversed }) => reversed);
  reverseAxes(voxels, source.shape, [x, y, z]);
  return voxels;
}

/** Gives memory back now, which the collector does not hurry to do; the array is empty then. */
function free(voxels: StoredVoxels): void {
  voxels.buffer.transfer(0);
}

/**
 * Voxels of canonical order (x fastest) in the file's order (i fastest): undoes `toCanonical`.
 *
 * Returns the same array where the two orders agree.
 */
export function toSource<T extends StoredVoxels>(voxels: T, source: SourceGrid): T {
  const { steps, start } = stepsToSource(source);
  return reorder(voxels, source.shape, steps, start);
}

/** Bytes of the parts that `sourceParts` gives. */
const PART = 2 ** 20;

/**
 * What `toSource` returns, part by part: no second volume is needed. Each part is a number of
 * whole planes (i, j), valid until the next is asked for; all of them where nothing is reordered.
 *
 * @param bytes that a part may have; one plane where that has more
 */
export function* sourceParts<T extends StoredVoxels>(
  voxels: T,
  source: SourceGrid,
  bytes: number = PART,
): Generator<T> {
  const { steps, start } = stepsToSource(source);
  const [width, rows, planes] = source.shape;
  if (isOrdered(source.shape, steps, start)) {
    yield voxels;
    return;
  }
  const plane = width * rows;
  const most = Math.max(1, Math.floor(bytes / (plane * voxels.BYTES_PER_ELEMENT)));
  const part = new (voxels.constructor as new (length: number) => T)(
    plane * Math.min(most, planes),
  );
  for (let k = 0; k < planes; k += most) {
    const count = Math.min(most, planes - k);
    reorderInto(part, voxels, [width, rows, count], steps, start + k * steps[2]);
    yield part.subarray(0, count * plane) as T;
  }
}

/** Where voxel (0, 0, 0) of the file lies in canonical order, and the steps along its i, j, k. */
function stepsToSource({ shape, axes }: SourceGrid) {
  const steps: [number, number, number] = [0, 0, 0];
  let start = 0;
  let stride = 1;
  for (const { axis, reversed } of axes) {
    const size = shape[axis];
    steps[axis] = reversed ? -stride : stride;
    if (reversed) start += (size - 1) * stride;
    stride *= size;
  }
  return { steps, start };
}
