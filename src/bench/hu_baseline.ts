/**
 * What a plain threshold of HU scores inside the lungs, where these are known: a data set on which
 * it does well says nothing about a model that looks at shapes.
 *
 * @module
 */

import {
  bestThreshold,
  type LoadedCase,
  lungHistogram,
  phantomLungs,
  pooled,
} from "../datasets/mod.ts";
import {
  hounsfieldSlice,
  type Mask,
  readMask,
  requireSameGrid,
  type Volume,
} from "../imaging/mod.ts";
import type { HuThresholdRecord } from "../results/mod.ts";

/**
 * The threshold with the highest Dice, chosen with the truth in hand, so an upper bound; null where
 * the lungs are not known.
 *
 * @throws InputError where the mask of the lungs cannot be read or lies on another grid
 */
export function huBaseline(
  one: LoadedCase,
  volume: Volume,
  truth: Mask,
): HuThresholdRecord | null {
  const path = phantomLungs(one);
  if (path === null) return null;
  const lungs = readMask(path);
  requireSameGrid(volume, lungs);
  const [slices, height, width] = volume.shape;
  const size = height * width;
  const histogram = pooled(Array.from({ length: slices }, (_, z) => {
    const slice = (mask: Mask) => ({ voxels: mask.voxels.subarray(z * size, (z + 1) * size) });
    const voxels = hounsfieldSlice(volume, z);
    return lungHistogram({ volume: { voxels }, lesion: slice(truth), lung: slice(lungs) });
  }));
  const { low, dice } = bestThreshold(histogram);
  return {
    low: Number.isFinite(low) ? low : null,
    dice: dice === null ? { value: null, reason: "the truth is empty in the lungs" } : {
      value: dice,
    },
  };
}
