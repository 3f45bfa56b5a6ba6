/**
 * `dice`: Table 2 of the paper; the mean over scans is its figure, and all voxels pooled stands
 * beside it.
 *
 * @module
 */

import type { DiceExperiment, MeasuredValue, Refused } from "../../results/mod.ts";
import {
  accuracyObstacle,
  refused,
  type RunFacts,
  type Scored,
  scoredModels,
  scoredSplits,
} from "./facts.ts";

/** Dice of each model: per scan, mean over scans, pooled over voxels. */
export function dice(facts: RunFacts): DiceExperiment | Refused {
  const obstacle = accuracyObstacle(facts);
  if (obstacle) return refused(obstacle);
  return {
    status: "done",
    splits: scoredSplits(facts),
    models: scoredModels(facts).map(({ model, scans }) => {
      const perScan = scans.map(({ scan, prediction }) => ({
        case: scan.index,
        ...prediction.metrics!.dice,
      }));
      const defined = perScan.flatMap(({ value }) => (value === null ? [] : [value]));
      return {
        model: model.id,
        mean: defined.length
          ? { value: defined.reduce((sum, value) => sum + value, 0) / defined.length }
          : { value: null, reason: "Dice is defined on no scan" },
        pooled: pooled(scans),
        undefinedScans: perScan.length - defined.length,
        scans: perScan,
      };
    }),
  };
}

function pooled(scans: readonly Scored[]): MeasuredValue {
  let [both, sum] = [0, 0];
  for (const { scan, prediction } of scans) {
    both += prediction.truePositives ?? 0;
    sum += prediction.voxels + scan.truth.voxels;
  }
  return sum > 0
    ? { value: 2 * both / sum }
    : { value: null, reason: "neither prediction nor truth has foreground" };
}
