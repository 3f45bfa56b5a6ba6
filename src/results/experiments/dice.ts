/**
 * `dice`: Table 2 of the paper; the mean over scans is its figure, and all voxels pooled stands
 * beside it.
 *
 * @module
 */

import * as z from "zod";
import { DICE } from "../../metrics/overlap.ts";
import {
  accuracyObstacle,
  refused,
  type RunFacts,
  type Scored,
  scoredCases,
  scoredModels,
  scoredSplits,
} from "../facts.ts";
import { meanRecord } from "../means.ts";
import { paperOfDice } from "../paper.ts";
import type { DiceExperiment, MeasuredValue } from "../records.ts";
import {
  caseValue,
  done,
  mean,
  measured,
  modelKey,
  paperOfIt,
  splits,
  whole,
} from "../schema/parts.ts";
import { defineExperiment } from "./experiment.ts";

const perScan = z.array(caseValue).describe("Dice of each scan.");

const modelRecord = z.object({
  model: modelKey,
  mean: mean.describe("Mean over the scans where Dice is defined (the paper's figure)."),
  pooled: measured.describe("Dice of all voxels of all scans together."),
  undefinedScans: whole.describe(
    "Scans left out of the mean because neither mask has foreground.",
  ),
  scans: perScan,
  paper: paperOfIt,
});

const record = z.object({
  status: done,
  huThreshold: z.object({
    mean: mean.describe("Mean over the scans where it is defined."),
    scans: perScan,
  }).optional().describe(
    "What the best threshold of HU of each scan scores; absent where no scan has it.",
  ),
  splits,
  models: z.array(modelRecord).describe("One entry a model."),
}).meta({ id: "DiceExperiment", description: "Dice of each model." });

/** Dice of each model: per scan, mean over scans, pooled over voxels. */
export const dice = defineExperiment({
  key: "dice",
  title: "Dice",
  about: "Table 2: Dice.",
  record,
  make(facts) {
    const obstacle = accuracyObstacle(facts);
    if (obstacle) return refused(obstacle);
    return {
      status: "done",
      ...huThreshold(facts),
      splits: scoredSplits(facts),
      models: scoredModels(facts).map(({ model, scans }) => {
        const perScan = scans.map(({ scan, prediction }) => ({
          case: scan.index,
          ...prediction.metrics![DICE.name],
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
  },
});

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
