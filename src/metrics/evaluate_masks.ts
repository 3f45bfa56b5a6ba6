/**
 * Two masks compared by every metric, once their grids are known to be one.
 *
 * @module
 */

import { type Mask, requireSameGrid } from "../imaging/mod.ts";
import { evaluatePair } from "./list.ts";
import type { PairFacts } from "./mask_pair.ts";
import type { Measured } from "./metric.ts";

/**
 * Measures a predicted mask against the truth by every metric.
 *
 * @returns the value or the reason of its absence, by the metric's name, in the order of `METRICS`
 * @throws InputError where the two lie on different grids, or one is not binary
 */
export function evaluateMasks(
  prediction: Mask,
  truth: Mask,
  facts: PairFacts = {},
): Record<string, Measured> {
  requireSameGrid(prediction, truth, ["the prediction", "the truth"]);
  return evaluatePair(prediction.voxels, truth.voxels, truth, facts);
}
