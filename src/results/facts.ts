/**
 * What experiments are computed from: the records of a run.
 *
 * @module
 */

import type { CaseRecord, ModelRecord, PanelRecord, PredictionRecord, Refused } from "./records.ts";

/** The records that a run has so far. */
export interface RunFacts {
  /** Models that ran. */
  readonly models: readonly ModelRecord[];
  /** Scans that were read, in the order of the manifest. */
  readonly cases: readonly CaseRecord[];
  /** What models made of scans. */
  readonly predictions: readonly PredictionRecord[];
  /** Probability from which on a voxel is foreground. */
  readonly threshold: number;
  /** The pictures that were drawn; null while models have to run. */
  readonly panels: readonly PanelRecord[] | null;
  /** The combinations of the `overlap` experiment. */
  readonly combinations: readonly Combination[];
  /** Seed of the suite. */
  readonly seed: number;
  /** Whether every model has run over every scan. */
  readonly complete: boolean;
  /** The scan that the `inference_time` experiment times; null where another part of the run does. */
  readonly timedCase: number | null;
}

/** A model trained at one overlap and run at another. */
export interface Combination {
  /** Key of the model that stands for it. */
  readonly model: string;
  /** Share of a stack that overlapped the next in training. */
  readonly trainedOverlap: number;
  /** The same in inference. */
  readonly inferenceOverlap: number;
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

/** Why there is no truth to compare with; null when there is. */
export function truthObstacle({ cases }: RunFacts): string | null {
  return cases.some(({ truth }) => truth) ? null : "no scan of the run has a truth mask";
}

/** Why nothing can be said of the accuracy of the suite's models; null when something can. */
export function accuracyObstacle(facts: RunFacts): string | null {
  const obstacle = truthObstacle(facts);
  if (obstacle) return obstacle;
  if (trainedModels(facts).length > 0) return null;
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

/** The suite's own models that have trained weights. */
export function trainedModels({ models }: RunFacts): ModelRecord[] {
  return models.filter(({ experiment, weights }) => !experiment && weights.source === "file");
}

/** The suite's own models with trained weights, each with its scored scans in the order of the manifest. */
export function scoredModels(
  facts: RunFacts,
): { readonly model: ModelRecord; readonly scans: readonly Scored[] }[] {
  const cases = scoredCases(facts);
  return trainedModels(facts).map((model) => ({
    model,
    scans: scoredScans(facts, model.id, cases),
  }));
}

/** The scans among `cases` that a model has finished, in their order. */
export function scoredScans(
  { predictions }: RunFacts,
  model: string,
  cases: readonly Scored["scan"][],
): Scored[] {
  return cases.flatMap((scan) => {
    const prediction = predictions.find((one) =>
      one.model === model && one.case === scan.index && one.metrics
    );
    return prediction ? [{ scan, prediction }] : [];
  });
}
