/**
 * How large slices are in a page, and which scans it has room for.
 *
 * @module
 */

/** Bytes that scans may take in a page where nobody chose a size. */
export const ROOM = 24 * 2 ** 20;
/** Bytes of a pixel in a page, with its masks and in base64: what noisy scans take. */
const BYTES_PER_PIXEL = 1;
/** Longer sides that are tried, where nobody chose one. */
const SIDES = [512, 384, 256, 192, 128, 96];
/** More is not needed to see a lesion. */
const MOST = 256;

/** Voxels along z, y, x. */
type Shape = readonly [number, number, number];

/**
 * Rows and columns of slices whose longer side is so long; never more than the scan has.
 *
 * @example
 * ```ts
 * import { planeOf } from "./size.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(planeOf([9, 512, 384], 128), [128, 96]);
 * assert.deepEqual(planeOf([9, 100, 50], 128), [100, 50]);
 * ```
 */
export function planeOf([, height, width]: Shape, side: number): [number, number] {
  const scale = Math.min(1, side / Math.max(height, width));
  return [height, width].map((size) => Math.max(1, Math.round(scale * size))) as [number, number];
}

/** Bytes that scans will take in a page at a size, about. */
export function expectedBytes(shapes: readonly Shape[], side: number): number {
  return shapes.reduce((sum, shape) => {
    const [height, width] = planeOf(shape, side);
    return sum + BYTES_PER_PIXEL * shape[0] * height * width;
  }, 0);
}

/** What of a data set goes into a page. */
export interface ViewerSize {
  /** Longer side of a slice. */
  readonly side: number;
  /** Places of the scans that there is room for, in the order in which they were given. */
  readonly fit: readonly number[];
}

/**
 * The largest slices, up to the network's, at which all scans fit into a page; where they do not at
 * the smallest either, the first that do.
 *
 * @param network longer side of the slices that the network sees
 * @param room bytes
 */
export function viewerSize(shapes: readonly Shape[], network: number, room: number): ViewerSize {
  const most = Math.min(network, MOST);
  const sides = [most, ...SIDES.filter((side) => side < most)];
  const side = sides.find((one) => expectedBytes(shapes, one) <= room) ?? sides.at(-1)!;
  let left = room;
  const fit = shapes.flatMap((shape, place) => {
    const bytes = expectedBytes([shape], side);
    if (bytes > left) return [];
    left -= bytes;
    return [place];
  });
  return { side, fit };
}
