/**
 * What experiments are computed from: the records of a run.
 *
 * @module
 */

import type {
  CaseRecord,
  ModelRecord,
  PredictionRecord,
  Refused,
  SmoothedRecord,
} from "../../results/mod.ts";

/** The records that a run has so far. */
export interface RunFacts {
  /** Models that ran. */
  readonly models: readonly ModelRecord[];
  /** Scans that were read, in the order of the manifest. */
  readonly cases: readonly CaseRecord[];
  /** What models made of scans. */
  readonly predictions: readonly PredictionRecord[];
  /** 2-D masks after the median filter, measured while they were in memory. */
  readonly smoothed: readonly SmoothedRecord[];
  /** Seed of the suite. */
  readonly seed: number;
  /** Whether every model has run over every scan. */
  readonly complete: boolean;
  /** The scan that the `inference_time` experiment times; null when there is none. */
  readonly timedCase: number | null;
}

/** A scan with truth and what one model made of it. */
export interface Scored {
  /** The scan. */
  readonly scan: CaseRecord & { readonly truth: NonNullable<CaseRecord["truth"]> };
  /** The prediction, with metrics. */
  readonly prediction: PredictionRecord;
}

/** Refuses an experiment. */
export function refused(reason: string): Refused {
  return { status: "refused", reason };
}

/** Why nothing can be said of accuracy; null when something can. */
export function accuracyObstacle(facts: RunFacts): string | null {
  if (!facts.cases.some(({ truth }) => truth)) return "no scan of the run has a truth mask";
  if (facts.models.some(({ weights }) => weights.source === "file")) return null;
  return "no trained weights are named: with seeded random weights accuracy means nothing";
}

/**
 * Splits whose scans the accuracy experiments are about: `test` where it has scans with truth, else
 * all there are, since a model's own training scans say nothing of it.
 */
export function scoredSplits({ cases }: RunFacts): CaseRecord["split"][] {
  const splits = new Set(cases.flatMap(({ split, truth }) => (truth ? [split] : [])));
  return splits.has("test") ? ["test"] : [...splits].sort();
}

/** Scans that the accuracy experiments are about, in the order of the manifest. */
export function scoredCases(facts: RunFacts): Scored["scan"][] {
  const splits = scoredSplits(facts);
  return facts.cases.flatMap((scan) =>
    scan.truth && splits.includes(scan.split) ? [{ ...scan, truth: scan.truth }] : []
  );
}

/** Models with trained weights, each with its scored scans in the order of the manifest. */
export function scoredModels(
  facts: RunFacts,
): { readonly model: ModelRecord; readonly scans: readonly Scored[] }[] {
  return facts.models.filter(({ weights }) => weights.source === "file").map((model) => ({
    model,
    scans: scoredCases(facts).flatMap((scan) => {
      const prediction = facts.predictions.find((one) =>
        one.model === model.id && one.case === scan.index && one.metrics
      );
      return prediction ? [{ scan, prediction }] : [];
    }),
  }));
}
