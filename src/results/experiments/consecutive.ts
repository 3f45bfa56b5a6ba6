/**
 * `consecutive`: Fig. 9 of the paper, for every run of four positive slices and not a chosen one.
 *
 * @module
 */

import * as z from "zod";
import {
  medianRun,
  patternCounts,
  presentThroughout,
  type Run,
  RUN_LENGTH,
} from "../../metrics/consecutive.ts";
import { tellsPresence } from "../caveats.ts";
import {
  accuracyObstacle,
  refused,
  type Scored,
  scoredCases,
  scoredModels,
  scoredSplits,
} from "../facts.ts";
import { paperOfPresence } from "../paper.ts";
import type { ConsecutiveExperiment } from "../records.ts";
import { caseIndex, done, measured, modelKey, paperOfIt, splits, whole } from "../schema/parts.ts";
import { defineExperiment } from "./experiment.ts";

const modelRecord = z.object({
  model: modelKey,
  runs: whole.describe("Runs of all scans."),
  patterns: z.record(z.string(), whole).describe("Runs by pattern of presence, such as `0100`."),
  presentThroughout: measured.describe(
    "Share of runs in which the prediction has foreground in every slice.",
  ),
  paper: paperOfIt,
});

const record = z.object({
  status: done,
  splits,
  length: whole.describe("Slices of a run."),
  models: z.array(modelRecord).describe("One entry a model."),
  median: z.object({
    case: caseIndex,
    slice: whole.describe("First slice."),
    patterns: z.record(z.string(), z.string()).describe("Pattern of presence by model."),
  }).nullable().describe(
    "The run of median agreement (mean Dice of the models): the one to show.",
  ),
}).meta({
  id: "ConsecutiveExperiment",
  description: "Presence in every run of four consecutive slices that are positive in truth.",
});

/** Patterns of presence of each model, and the run of median agreement. */
export const consecutive = defineExperiment({
  key: "consecutive",
  title: "Consecutive slices",
  about: "Fig. 9: presence in four consecutive positive slices.",
  record,
  make(facts) {
    const obstacle = accuracyObstacle(facts);
    if (obstacle) return refused(obstacle);
    const models = scoredModels(facts);
    const telling = scoredCases(facts).filter(({ caveats }) => tellsPresence(caveats));
    if (telling.length === 0) {
      return refused("in every scan slices without lesion are missing: presence means nothing");
    }
    const truthAreas = telling.map(({ truth }) => truth.slicePixels);
    return {
      status: "done",
      splits: scoredSplits(facts),
      length: RUN_LENGTH,
      models: models.map(({ model, scans }) => {
        const runs = runsOf(scans).map(({ run }) => run);
        return {
          model: model.id,
          runs: runs.length,
          patterns: patternCounts(runs, "prediction"),
          presentThroughout: presentThroughout(runs, truthAreas),
          paper: paperOfPresence(model.dimensions),
        };
      }),
      median: median(models.map(({ model, scans }) => ({ id: model.id, runs: runsOf(scans) }))),
    };
  },
});

/** A run and the scan that it is of. */
interface ScanRun {
  readonly case: number;
  readonly run: Run;
}

function runsOf(scans: readonly Scored[]): ScanRun[] {
  return scans.flatMap(({ scan, prediction }) =>
    (prediction.runs ?? []).map(({ slice, pattern, dice }) => ({
      case: scan.index,
      run: { start: slice, truth: "1".repeat(RUN_LENGTH), prediction: pattern, dice },
    }))
  );
}

/** The run of median mean Dice over the models, among those that every model has. */
function median(
  models: readonly { readonly id: string; readonly runs: readonly ScanRun[] }[],
): ConsecutiveExperiment["median"] {
  const key = (run: ScanRun) => `${run.case}/${run.run.start}`;
  const byModel = models.map(({ runs }) => new Map(runs.map((run) => [key(run), run])));
  const shared = (models[0]?.runs ?? []).filter((run) => byModel.every((all) => all.has(key(run))));
  const agreements = shared.map((run) =>
    byModel.reduce((sum, all) => sum + all.get(key(run))!.run.dice, 0) / byModel.length
  );
  const chosen = shared[medianRun(agreements)];
  if (!chosen) return null;
  return {
    case: chosen.case,
    slice: chosen.run.start,
    patterns: Object.fromEntries(
      models.map(({ id }, i) => [id, byModel[i].get(key(chosen))!.run.prediction]),
    ),
  };
}
