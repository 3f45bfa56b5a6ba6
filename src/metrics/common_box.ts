/**
 * The part of the grid where two masks lie, so that distances are sought there only.
 *
 * @module
 */

import type { Triple } from "./distances.ts";
import type { MaskPair } from "./mask_pair.ts";

/** A box of voxels: from `start`, `shape` voxels along z, y, x. */
export interface Box {
  /** First voxel along z, y, x. */
  readonly start: Triple;
  /** Voxels along z, y, x. */
  readonly shape: Triple;
}

/** Where two masks lie, in voxels and mm. */
export interface CommonBox {
  /** The smallest box that holds both. */
  readonly box: Box;
  /** mm along z, y, x. */
  readonly spacing: Triple;
}

/** Why two masks have no distance. */
export interface Incomparable {
  /** For a person. */
  readonly reason: string;
  /** Whether it is that one mask is empty and the other is not. */
  readonly oneEmpty: boolean;
}

/** The smallest box that holds both masks, or why there is no distance between them. */
export function commonBox({ prediction, truth, grid }: MaskPair): CommonBox | Incomparable {
  if (grid.spacing === null) return { reason: "the spacing is not known", oneEmpty: false };
  const predicted = boundsOf(prediction, grid.shape);
  const real = boundsOf(truth, grid.shape);
  if (predicted === null && real === null) {
    return { reason: "prediction and truth are both empty", oneEmpty: false };
  }
  if (predicted === null) return { reason: "the prediction is empty", oneEmpty: true };
  if (real === null) return { reason: "the truth is empty", oneEmpty: true };
  const start = zip(predicted.first, real.first, Math.min);
  const last = zip(predicted.last, real.last, Math.max);
  return { box: { start, shape: zip(last, start, (b, a) => b - a + 1) }, spacing: grid.spacing };
}

function zip(a: Triple, b: Triple, combine: (a: number, b: number) => number): Triple {
  return [combine(a[0], b[0]), combine(a[1], b[1]), combine(a[2], b[2])];
}

/** First and last foreground voxel along each axis; null where there is none. */
function boundsOf(mask: Uint8Array, shape: Triple): { first: Triple; last: Triple } | null {
  const [depth, height, width] = shape;
  let first: Triple = shape;
  let last: Triple = [-1, -1, -1];
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const from = (z * height + y) * width;
      const row = mask.subarray(from, from + width);
      const left = row.indexOf(1);
      if (left < 0) continue;
      first = zip(first, [z, y, left], Math.min);
      last = zip(last, [z, y, row.lastIndexOf(1)], Math.max);
    }
  }
  return last[0] < 0 ? null : { first, last };
}
