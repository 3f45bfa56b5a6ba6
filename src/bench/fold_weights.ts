/**
 * The weights that a scan goes through: in a cross-validation those of its own fold.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { resolveIn, type Suite, type SuiteModel } from "./suite.ts";

/** What stands for the number of a fold in the path of weights. */
const FOLD = "{fold}";

/** Whether weights are one of each fold. */
export function namesFold(weights: string | null): boolean {
  return weights?.includes(FOLD) ?? false;
}

/** Some scans and the weights that they go through. */
export interface WeightsPart<T> {
  /** Paths of the weights; none where they are drawn, and several are an ensemble. */
  readonly weights: readonly string[];
  /** The scans. */
  readonly scans: readonly T[];
}

/**
 * Scans by the weights that they go through: those of single folds in their order, then the
 * ensemble of all.
 *
 * @param folder folder that paths of the suite start from
 * @returns one part where weights name no fold, or there are no scans: then those of the first fold
 * @throws InputError where the weights name a fold and the suite has none
 */
export function weightsByFold<T extends { readonly fold: number | null }>(
  { folds }: Pick<Suite, "folds">,
  folder: string,
  { model, weights }: Pick<SuiteModel, "model" | "weights">,
  scans: readonly T[],
): readonly WeightsPart<T>[] {
  if (weights === null || !namesFold(weights)) {
    return [{ weights: weights === null ? [] : [resolveIn(folder, weights)], scans }];
  }
  if (folds === null) {
    throw new InputError(`${model}: the weights name a fold, but the suite has none`, {
      advice: `add "folds": {"count": 5, "seed": 1} as the training had, or leave ${FOLD} out`,
    });
  }
  const every = Array.from({ length: folds.count }, (_, fold) => fold);
  const sourcesOf = ({ fold }: T) =>
    fold !== null ? [fold] : folds.outside === "ensemble" ? every : [0];
  const groups = [...Map.groupBy(scans, (one) => sourcesOf(one).join()).values()]
    .map((own) => ({ sources: sourcesOf(own[0]), scans: own }));
  return (groups.length > 0 ? groups : [{ sources: [0], scans: [] }])
    .sort((a, b) => a.sources.length - b.sources.length || a.sources[0] - b.sources[0])
    .map(({ sources, scans }) => ({
      weights: sources.map((fold) => resolveIn(folder, weights.replaceAll(FOLD, String(fold)))),
      scans,
    }));
}
