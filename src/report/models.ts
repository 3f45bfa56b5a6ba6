/**
 * How a report names the models and scans of a result.
 *
 * @module
 */

import {
  endingInZeros,
  type ModelRecord,
  type PairRecord,
  type RunResult,
} from "../results/mod.ts";

/** The model of an id. */
export function modelOf({ models }: RunResult, id: string): ModelRecord | undefined {
  return models.find((model) => model.id === id);
}

/** A model as readers meet it: `unet:small (2D)`. */
export function modelText(result: RunResult, id: string): string {
  const model = modelOf(result, id);
  return model ? `${id} (${model.dimensions}D)` : id;
}

/** The suite's own models: those that are not run for one experiment only. */
export function ownModels({ models }: RunResult): ModelRecord[] {
  return models.filter(({ experiment }) => experiment === undefined);
}

/** Pairs of a 3-D and a 2-D model, in the order of the suite. */
export function pairsOf(
  { models }: RunResult,
): { readonly volumetric: ModelRecord; readonly planar: ModelRecord }[] {
  const ofDimension = (n: 2 | 3) => models.filter(({ dimensions }) => dimensions === n);
  return ofDimension(3).flatMap((volumetric) =>
    ofDimension(2).map((planar) => ({ volumetric, planar }))
  );
}

/** An architecture, and how many trainings of it a scan's value is the mean of. */
export function runsText(result: RunResult, [first, ...others]: readonly string[]): string {
  const text = modelText(result, first);
  return others.length === 0 ? text : `${text}, mean of ${others.length + 1} trainings`;
}

/** Both sides of a pair, the 3-D one first. */
export function pairText(result: RunResult, { volumetric, planar }: PairRecord): string {
  return `${runsText(result, volumetric)} minus ${runsText(result, planar)}`;
}

/** A scan as readers meet it: its public id, or its number. */
export function scanText({ dataset }: RunResult, index: number): string {
  return dataset.cases.find((scan) => scan.index === index)?.id ?? `scan ${index}`;
}

/**
 * How many scans end in a stack of a model that zeros fill up; null where none does.
 *
 * @param scored indices of the scans
 */
export function filledWithZeros(
  result: RunResult,
  id: string,
  scored: ReadonlySet<number>,
): { readonly size: number; readonly scans: number } | null {
  const model = modelOf(result, id);
  if (!model?.stack) return null;
  const cases = result.dataset.cases.filter(({ index }) => scored.has(index));
  const scans = endingInZeros(model, cases).length;
  return scans === 0 ? null : { size: model.stack.size, scans };
}
