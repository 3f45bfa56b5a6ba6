/**
 * What is compared with what: models of results, matched.
 *
 * @module
 */

import { canonicalJson } from "../base/hashing.ts";
import type {
  CaseRecord,
  Factor,
  InferenceTiming,
  ModelRecord,
  PredictionRecord,
  RunResult,
} from "../results/mod.ts";

/** One model of one result. */
export interface Entry {
  /** The result. */
  readonly result: RunResult;
  /** The model. */
  readonly model: ModelRecord;
}

/** Two models that are compared. */
export interface Matched {
  /** What tables call the pair. */
  readonly name: string;
  /** Name of the side that is compared with the base. */
  readonly side: string;
  /** The base. */
  readonly base: Entry;
  /** What is compared with it. */
  readonly other: Entry;
}

/** Letters of sides: the base is A. */
export function sideName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `S${index + 1}`;
}

/** What makes it the same model; its weights and its graph are looked at apart. */
function modelKey({ id, name, input, options, field, stack, experiment }: ModelRecord): string {
  // slices at once are a choice of speed: they make no other model
  const spatial = input.slice(2);
  return canonicalJson([id, name, spatial, options, field ?? "whole", stack, experiment ?? null]);
}

/** Models matched, and what only one side has. */
export function matchModels(
  results: readonly RunResult[],
  by: Factor,
): { readonly matched: readonly Matched[]; readonly unmatched: readonly string[] } {
  if (by === "model") return { matched: matchAcross(results), unmatched: [] };
  const [base, ...others] = results;
  const matched: Matched[] = [];
  const unmatched: string[] = [];
  others.forEach((result, index) => {
    const side = sideName(index + 1);
    const left = new Map(result.models.map((model) => [modelKey(model), model]));
    for (const model of base.models) {
      const twin = left.get(modelKey(model));
      left.delete(modelKey(model));
      if (twin) {
        const entry = { result: base, model };
        matched.push({ name: model.id, side, base: entry, other: { result, model: twin } });
      } else unmatched.push(`${model.id} is in A only, not in ${side}`);
    }
    for (const model of left.values()) unmatched.push(`${model.id} is in ${side} only`);
  });
  return { matched, unmatched };
}

/** Every model beside the first one, whichever result they stand in. */
function matchAcross(results: readonly RunResult[]): Matched[] {
  const entries = results.flatMap((result) =>
    result.models.filter(({ experiment }) => !experiment).map((model): Entry => ({ result, model }))
  );
  const [base, ...others] = entries;
  return others.map((other, index) => ({
    name: `${other.model.id} against ${base.model.id}`,
    side: sideName(index + 1),
    base,
    other,
  }));
}

/** A scan by what it holds, whatever it is called. */
export function scanKey({ voxelsSha256, truth }: CaseRecord): string {
  return `${voxelsSha256} ${truth?.sha256 ?? ""}`;
}

/** What a model made of each scan that it should have made something of, by the scan's key. */
export function predictionsOf(
  { result, model }: Entry,
): ReadonlyMap<
  string,
  { readonly scan: CaseRecord; readonly prediction: PredictionRecord | null }
> {
  return new Map(result.dataset.cases.map((scan) => {
    const prediction = result.predictions.find((one) =>
      one.model === model.id && one.case === scan.index
    );
    return [scanKey(scan), { scan, prediction: prediction ?? null }];
  }));
}

/** The timings of a model. */
export function timingsOf({ result, model }: Entry): readonly InferenceTiming[] {
  return result.timing.inference.filter((one) => one.model === model.id);
}
