/**
 * `dice`: Table 2 of the paper; the mean over scans is its figure, and all voxels pooled stands
 * beside it.
 *
 * @module
 */

import type { DiceExperiment, MeasuredValue, Refused } from "../../results/mod.ts";
import { paperOfDice } from "../../results/paper.ts";
import {
  accuracyObstacle,
  refused,
  type RunFacts,
  type Scored,
  scoredCases,
  scoredModels,
  scoredSplits,
} from "./facts.ts";
import { meanRecord } from "./means.ts";

/** Dice of each model: per scan, mean over scans, pooled over voxels. */
export function dice(facts: RunFacts): DiceExperiment | Refused {
  const obstacle = accuracyObstacle(facts);
  if (obstacle) return refused(obstacle);
  return {
    status: "done",
    ...huThreshold(facts),
    splits: scoredSplits(facts),
    models: scoredModels(facts).map(({ model, scans }) => {
      const perScan = scans.map(({ scan, prediction }) => ({
        case: scan.index,
        ...prediction.metrics!.dice,
      }));
      const undefinedScans = perScan.filter(({ value }) => value === null).length;
      return {
        model: model.id,
        mean: meanRecord(
          perScan.map((one, i) => ({ ...one, patient: scans[i].scan.patient })),
          facts,
        ),
        pooled: pooledDice(scans),
        undefinedScans,
        scans: perScan,
        paper: paperOfDice(model.dimensions),
      };
    }),
  };
}

/** The best threshold of HU of each scored scan that has one. */
function huThreshold(facts: RunFacts): Pick<DiceExperiment, "huThreshold"> {
  const scans = scoredCases(facts).flatMap(({ index, patient, huThreshold }) =>
    huThreshold ? [{ case: index, patient, ...huThreshold.dice }] : []
  );
  if (scans.length === 0) return {};
  return {
    huThreshold: {
      mean: meanRecord(scans, facts),
      scans: scans.map(({ patient: _, ...scan }) => scan),
    },
  };
}

/** Dice of all voxels of scans together. */
export function pooledDice(scans: readonly Scored[]): MeasuredValue {
  let [both, sum] = [0, 0];
  for (const { scan, prediction } of scans) {
    both += prediction.truePositives ?? 0;
    sum += prediction.voxels + scan.truth.voxels;
  }
  return sum > 0
    ? { value: 2 * both / sum }
    : { value: null, reason: "neither prediction nor truth has foreground" };
}
