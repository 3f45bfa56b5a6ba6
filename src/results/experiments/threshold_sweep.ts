/**
 * `threshold_sweep`: Dice at thresholds around the one that was fixed beforehand. It reports how
 * much hangs on the threshold; no threshold is chosen by it, since it looks at the scored scans.
 *
 * @module
 */

import * as z from "zod";
import { dice, sumConfusion } from "../../metrics/overlap.ts";
import { accuracyObstacle, refused, scoredCases, scoredSplits, trainedModels } from "../facts.ts";
import { meanRecord } from "../means.ts";
import type { CaseRecord, SweepRecord } from "../records.ts";
import { caseIndex, done, measured, modelKey, splits, whole } from "../schema/parts.ts";
import { defineExperiment } from "./experiment.ts";

const swept = z.object({
  model: modelKey,
  case: caseIndex,
  predicted: z.array(whole).describe("Foreground voxels at each threshold."),
  truePositives: z.array(whole).describe("Those that the truth has too."),
}).meta({ id: "SweepRecord", description: "What thresholds would make of one scan." });

const modelRecord = z.object({
  model: modelKey,
  mean: z.array(measured).describe(
    "Dice at each threshold, mean over the scans where it is defined.",
  ),
  pooled: z.array(measured).describe(
    "Dice at each threshold, of all voxels of all scans together.",
  ),
});

const record = z.object({
  status: done,
  splits,
  used: z.number().describe(
    "The threshold of all other numbers of the run, fixed beforehand.",
  ),
  thresholds: z.array(z.number()).describe("The thresholds, ascending; `used` is among them."),
  scans: z.array(swept).describe("One entry a model and scan."),
  models: z.array(modelRecord).describe("One entry a model."),
}).meta({
  id: "ThresholdSweepExperiment",
  description:
    "Dice at thresholds around the one that was fixed beforehand; a report, not a choice.",
});

/** Thresholds of every sweep; that of the suite comes to them. */
const THRESHOLDS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Thresholds of a sweep, ascending, the suite's among them. */
export function sweptThresholds(used: number): number[] {
  return [...new Set([...THRESHOLDS, used])].sort((a, b) => a - b);
}

/**
 * Counts, slice by slice, what each threshold would make of probabilities: no volume of them is
 * kept.
 *
 * @example
 * ```ts
 * import { ThresholdSweep } from "./threshold_sweep.ts";
 * import assert from "node:assert/strict";
 * const sweep = new ThresholdSweep([0.2, 0.5]);
 * sweep.add(Float32Array.of(0.1, 0.2, 0.5, 0.9), Uint8Array.of(0, 1, 0, 1));
 * assert.deepEqual(sweep.counts(), { predicted: [3, 2], truePositives: [2, 1] });
 * ```
 */
export class ThresholdSweep {
  readonly #limits: Float32Array;
  /** Voxels that exactly so many thresholds take, of all and of the truth's. */
  readonly #all: Float64Array;
  readonly #true: Float64Array;

  /** Starts with nothing counted; the thresholds ascend. */
  constructor(thresholds: readonly number[]) {
    // compared as single precision, as `threshold` does
    this.#limits = Float32Array.from(thresholds);
    this.#all = new Float64Array(thresholds.length + 1);
    this.#true = new Float64Array(thresholds.length + 1);
  }

  /** Counts probabilities of some voxels, in [0, 1], against the truth's, 0 or 1. */
  add(probabilities: Float32Array, truth: Uint8Array): void {
    const limits = this.#limits;
    for (let i = 0; i < probabilities.length; i++) {
      let taken = 0;
      while (taken < limits.length && probabilities[i] >= limits[taken]) taken++;
      this.#all[taken]++;
      this.#true[taken] += truth[i];
    }
  }

  /** Voxels of the mask, and those that the truth has too, at each threshold. */
  counts(): Pick<SweepRecord, "predicted" | "truePositives"> {
    return { predicted: atLeast(this.#all), truePositives: atLeast(this.#true) };
  }
}

/** How many are taken by more than 0, more than 1 ... thresholds. */
function atLeast(counts: Float64Array): number[] {
  const sums = Array.from(counts.subarray(1));
  for (let i = sums.length - 2; i >= 0; i--) sums[i] += sums[i + 1];
  return sums;
}

/** Dice of each model at each threshold. */
export const thresholdSweep = defineExperiment({
  key: "threshold_sweep",
  title: "Threshold",
  about: "Ours: Dice at thresholds around the one that was fixed beforehand.",
  record,
  measuring: {
    probabilities: true,
    applies: () => true,
    begin({ model, case: index, truth, threshold }) {
      const sweep = new ThresholdSweep(sweptThresholds(threshold));
      return {
        onProbabilities(z, probabilities) {
          const size = probabilities.length;
          sweep.add(probabilities, truth.subarray(z * size, (z + 1) * size));
        },
        end: (): SweepRecord => ({ model, case: index, ...sweep.counts() }),
      };
    },
    kept: ({ scans }) => scans,
  },
  make(facts, swept) {
    const obstacle = accuracyObstacle(facts);
    if (obstacle) return refused(obstacle);
    const cases = scoredCases(facts);
    const thresholds = sweptThresholds(facts.threshold);
    const scans = swept.filter((one) => cases.some(({ index }) => index === one.case));
    return {
      status: "done",
      splits: scoredSplits(facts),
      used: facts.threshold,
      thresholds,
      scans,
      models: trainedModels(facts).map(({ id }) => {
        const ofModel = cases.flatMap((scan) => {
          const record = scans.find((one) => one.model === id && one.case === scan.index);
          return record ? [{ scan, record }] : [];
        });
        const counts = thresholds.map((_, i) =>
          ofModel.map(({ scan, record }) => confusionAt(scan, record, i))
        );
        return {
          model: id,
          mean: counts.map((each) => {
            const values = each.map((one, i) => ({
              ...dice(one),
              patient: ofModel[i].scan.patient,
            }));
            return meanRecord(values, { seed: facts.seed, complete: false });
          }),
          pooled: counts.map((each) => dice(sumConfusion(each))),
        };
      }),
    };
  },
});

function confusionAt(
  { shape, truth }: CaseRecord & { readonly truth: NonNullable<CaseRecord["truth"]> },
  { predicted, truePositives }: SweepRecord,
  i: number,
) {
  const [truePositive, real] = [truePositives[i], truth.voxels];
  const falsePositive = predicted[i] - truePositive;
  return {
    truePositive,
    falsePositive,
    falseNegative: real - truePositive,
    trueNegative: shape[0] * shape[1] * shape[2] - real - falsePositive,
  };
}
