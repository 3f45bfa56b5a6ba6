/**
 * Models and scans that results speak of: each is there, and once.
 *
 * @module
 */

import type { RunResult } from "../records.ts";

/** Contradictions of keys of models and indices of scans. */
export function* contradictionsOfReferences(result: RunResult): Generator<string> {
  const { models, dataset, predictions, failures, timing, experiments, statistics } = result;
  yield* doubled("models", models, ({ id }) => id);
  yield* doubled("dataset.cases", dataset.cases, ({ index }) => `scan ${index}`);
  const known: Known = {
    models: new Set(models.map(({ id }) => id)),
    cases: new Set(dataset.cases.map(({ index }) => index)),
  };
  // what shards tell of their machines calls processors models
  const { shards: _, ...times } = timing;
  const sections = { predictions, failures, timing: times, experiments };
  for (const [name, section] of Object.entries(sections)) yield* unknown(section, name, known);
  const pair = (one: { readonly model: string; readonly case: number }) =>
    `${one.model}, scan ${one.case}`;
  yield* doubled("predictions", predictions, pair);
  yield* doubled("failures", failures, pair);
  yield* doubled("timing.cases", timing.cases, pair);
  yield* doubled("timing.inference", timing.inference, ({ model, scope }) => `${model}, ${scope}`);
  yield* doubled("timing.device", timing.device ?? [], ({ model }) => model);
  const predicted = new Set(predictions.map(pair));
  for (const [i, failure] of failures.entries()) {
    if (predicted.has(pair(failure))) {
      yield `failures.${i}: ${pair(failure)} is among the predictions too`;
    }
  }
  for (const [i, { volumetric, planar }] of pairsOf(statistics).entries()) {
    for (const [name, ids] of Object.entries({ volumetric, planar })) {
      for (const [k, id] of ids.entries()) {
        if (!known.models.has(id)) yield noModel(`statistics.pairs.${i}.${name}.${k}`, id);
      }
    }
  }
}

/** What may be spoken of. */
interface Known {
  readonly models: ReadonlySet<string>;
  readonly cases: ReadonlySet<number>;
}

function pairsOf(statistics: RunResult["statistics"]) {
  return statistics?.status === "done" ? statistics.pairs : [];
}

function* doubled<T>(
  path: string,
  list: readonly T[],
  keyOf: (one: T) => string,
): Generator<string> {
  const seen = new Set<string>();
  for (const [i, one] of list.entries()) {
    const key = keyOf(one);
    if (seen.has(key)) yield `${path}.${i}: there is another one of ${key}`;
    seen.add(key);
  }
}

/** Wherever `model` is the key of a model, and `case` the index of a scan. */
function* unknown(value: unknown, path: string, known: Known): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    const at = `${path}.${key}`;
    if (key === "model" && typeof one === "string") {
      if (!known.models.has(one)) yield noModel(at, one);
    } else if (key === "case" && typeof one === "number") {
      if (!known.cases.has(one)) yield `${at}: there is no scan ${one} in dataset.cases`;
    } else yield* unknown(one, at, known);
  }
}

function noModel(path: string, id: string): string {
  return `${path}: there is no model ${JSON.stringify(id)} in models`;
}
