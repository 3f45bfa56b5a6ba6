/**
 * Copying a volume into another order of its axes.
 *
 * @module
 */

import type { StoredVoxels } from "./volume.ts";

/** Side of the square tiles of a transposition, in voxels: two tiles fit the first-level cache. */
const TILE = 64;

/** Voxels as unsigned bits: copying looks at no value, and fewer array types run faster. */
type Bits = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

function bitsOf(voxels: StoredVoxels): Bits {
  const { buffer, byteOffset, length } = voxels;
  switch (voxels.BYTES_PER_ELEMENT) {
    case 1:
      return new Uint8Array(buffer, byteOffset, length);
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    case 4:
      return new Uint32Array(buffer, byteOffset, length);
    default:
      return new BigUint64Array(buffer, byteOffset, length);
  }
}

/**
 * The voxels read in another order: target (a, b, c), a fastest, is
 * `voxels[start + a * steps[0] + b * steps[1] + c * steps[2]]`.
 *
 * Returns the same array where the order does not change.
 *
 * @param sizes voxels along a, b, c of the target
 *
 * @example
 * ```ts
 * import { reorder } from "./reordering.ts";
 * import assert from "node:assert/strict";
 * const reversed = reorder(Uint8Array.of(1, 2, 3, 4), [2, 2, 1], [-1, 2, 4], 1);
 * assert.deepEqual([...reversed], [2, 1, 4, 3]);
 * ```
 */
export function reorder<T extends StoredVoxels>(
  voxels: T,
  sizes: Triple,
  steps: Triple,
  start: number,
): T {
  if (isOrdered(sizes, steps, start)) return voxels;
  const target = new (voxels.constructor as new (length: number) => T)(voxels.length);
  reorderInto(target, voxels, sizes, steps, start);
  return target;
}

/** As `reorder`, into memory that is there; the two must not overlap. */
export function reorderInto<T extends StoredVoxels>(
  target: T,
  voxels: T,
  sizes: Triple,
  steps: Triple,
  start: number,
): void {
  const from = bitsOf(voxels);
  const to = bitsOf(target);
  if (Math.abs(steps[0]) === 1) copyRows(from, to, sizes, steps, start);
  else copyTiles(from, to, sizes, steps, start);
}

/** Whether the voxels lie in the wanted order already. */
export function isOrdered([a, b]: Triple, steps: Triple, start: number): boolean {
  return start === 0 && steps[0] === 1 && steps[1] === a && steps[2] === a * b;
}

/**
 * Turns axes round in place: no second volume is needed.
 *
 * @param sizes voxels along the first (fastest), second and third axis
 * @param reversed which of them are turned round
 *
 * @example
 * ```ts
 * import { reverseAxes } from "./reordering.ts";
 * import assert from "node:assert/strict";
 * const voxels = Uint8Array.of(1, 2, 3, 4);
 * reverseAxes(voxels, [2, 2, 1], [true, false, false]);
 * assert.deepEqual([...voxels], [2, 1, 4, 3]);
 * ```
 */
export function reverseAxes(
  voxels: StoredVoxels,
  [width, rows, planes]: Triple,
  [x, y, z]: readonly [boolean, boolean, boolean],
): void {
  const plane = width * rows;
  for (let c = 0; c < planes; c++) {
    const slice = voxels.subarray(c * plane, (c + 1) * plane);
    // both axes of a plane turned round is the plane backwards
    if (y) slice.reverse();
    if (x !== y) {
      for (let at = 0; at < plane; at += width) slice.subarray(at, at + width).reverse();
    }
  }
  if (z) swapPlanes(bitsOf(voxels), plane, planes);
}

function swapPlanes(voxels: Bits, plane: number, planes: number): void {
  // all views are of one kind, which the union type cannot say
  const bits = voxels as Uint8Array<ArrayBuffer>;
  for (let low = 0, high = planes - 1; low < high; low++, high--) {
    const [a, b] = [low, high].map((at) => bits.subarray(at * plane, (at + 1) * plane));
    const kept = a.slice();
    a.set(b);
    b.set(kept);
  }
}

type Triple = readonly [number, number, number];

function copyRows(from: Bits, to: Bits, sizes: Triple, steps: Triple, start: number): void {
  const [width, rows, planes] = sizes;
  const reversed = steps[0] < 0;
  const first = reversed ? start - (width - 1) : start;
  let at = 0;
  for (let c = 0; c < planes; c++) {
    for (let b = 0; b < rows; b++) {
      const begin = first + b * steps[1] + c * steps[2];
      // Both are views of the same kind, which the union type cannot say.
      (to as Uint8Array).set(from.subarray(begin, begin + width) as Uint8Array, at);
      if (reversed) to.subarray(at, at + width).reverse();
      at += width;
    }
  }
}

/** Walks in tiles over target axis 0 and the axis that is contiguous in the source. */
function copyTiles(from: Bits, to: Bits, sizes: Triple, steps: Triple, start: number): void {
  const targetSteps = [1, sizes[0], sizes[0] * sizes[1]];
  const other = Math.abs(steps[1]) < Math.abs(steps[2]) ? 1 : 2;
  const outer = 3 - other;
  const [width, height] = [sizes[0], sizes[other]];
  for (let o = 0; o < sizes[outer]; o++) {
    const fromPlane = start + o * steps[outer];
    const toPlane = o * targetSteps[outer];
    for (let v0 = 0; v0 < height; v0 += TILE) {
      for (let u0 = 0; u0 < width; u0 += TILE) {
        const [v1, u1] = [Math.min(v0 + TILE, height), Math.min(u0 + TILE, width)];
        for (let v = v0; v < v1; v++) {
          let read = fromPlane + v * steps[other] + u0 * steps[0];
          const write = toPlane + v * targetSteps[other];
          for (let u = u0; u < u1; u++, read += steps[0]) to[write + u] = from[read];
        }
      }
    }
  }
}
