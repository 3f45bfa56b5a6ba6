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
  sizes: readonly [number, number, number],
  steps: readonly [number, number, number],
  start: number,
): T {
  if (start === 0 && steps[0] === 1 && steps[1] === sizes[0] && steps[2] === sizes[0] * sizes[1]) {
    return voxels;
  }
  const target = new (voxels.constructor as new (length: number) => T)(voxels.length);
  const from = bitsOf(voxels);
  const to = bitsOf(target);
  if (Math.abs(steps[0]) === 1) copyRows(from, to, sizes, steps, start);
  else copyTiles(from, to, sizes, steps, start);
  return target;
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
