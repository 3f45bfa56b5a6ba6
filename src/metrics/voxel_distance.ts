/**
 * HD95 over boundary voxels, as MONAI defines it. It is not the `hd95` of surface elements: those
 * are weighted by area and lie half a voxel further out. Name the one that is quoted.
 *
 * @module
 */

import { quantileOfSorted } from "../base/quantile.ts";
import { type Box, commonBox } from "./common_box.ts";
import { distancesToNearest, type Triple } from "./distances.ts";
import type { MaskPair } from "./mask_pair.ts";
import { FROM_ZERO, type Measured, measured, type Metric, undefinedBecause } from "./metric.ts";

/**
 * The larger of the two directed 95 % quantiles (linear between ranks) of the distances in mm from
 * the boundary voxels of one mask to the nearest boundary voxel of the other. A boundary voxel is
 * a foreground voxel with a background neighbour across one of its faces; outside the grid all is
 * background. Undefined where a mask is empty (MONAI: infinity, or NaN where both are) or the
 * spacing is not known.
 */
export function voxelHausdorff95(pair: MaskPair): Measured {
  const common = pair.shared(commonBox);
  if ("reason" in common) return undefinedBecause(common.reason);
  const { box, spacing } = common;
  const predicted = boundaryVoxels(pair.prediction, pair.grid.shape, box);
  const real = boundaryVoxels(pair.truth, pair.grid.shape, box);
  const directed = (from: Uint8Array, to: Uint8Array) =>
    quantileOfSorted(distancesToNearest(to, from, box.shape, spacing).sort(), 0.95);
  return measured(Math.max(directed(predicted, real), directed(real, predicted)));
}

/** 1 at the boundary voxels of a mask inside a box that holds it, order (z, y, x) of the box. */
function boundaryVoxels(mask: Uint8Array, shape: Triple, { start, shape: size }: Box): Uint8Array {
  const [sliceStep, rowStep] = [shape[1] * shape[2], shape[2]];
  const boundary = new Uint8Array(size[0] * size[1] * size[2]);
  let next = 0;
  for (let z = start[0]; z < start[0] + size[0]; z++) {
    for (let y = start[1]; y < start[1] + size[1]; y++) {
      for (let x = start[2]; x < start[2] + size[2]; x++, next++) {
        const at = z * sliceStep + y * rowStep + x;
        if (mask[at] === 0) continue;
        const inside = z > 0 && y > 0 && x > 0 &&
          z + 1 < shape[0] && y + 1 < shape[1] && x + 1 < shape[2] &&
          mask[at - sliceStep] & mask[at + sliceStep] & mask[at - rowStep] & mask[at + rowStep] &
            mask[at - 1] & mask[at + 1];
        boundary[next] = inside ? 0 : 1;
      }
    }
  }
  return boundary;
}

/** HD95 over boundary voxels. */
export const HD95_VOXEL: Metric = {
  name: "hd95_voxel",
  unit: "mm",
  better: "lower",
  range: FROM_ZERO,
  needs: ["spacing", "contiguity"],
  compute: voxelHausdorff95,
};
