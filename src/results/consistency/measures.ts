/**
 * Measures of one pair of masks against each other, and against the scan that they are of.
 *
 * @module
 */

import { METRICS } from "../../metrics/mod.ts";
import { type Contradiction, contradictionsAmong, unless } from "../../metrics/relations.ts";
import type { CaseRecord, MeasuredValue } from "../records.ts";

const RANGES = new Map(METRICS.map(({ name, range }) => [name, range]));

type Measures = Readonly<Record<string, MeasuredValue>>;

/** Contradictions of measures by name: of any masks of a scan. */
export function* contradictionsOfMeasures(
  measures: Measures,
  { shape, spacing, truth }: CaseRecord,
  path: string,
): Generator<string> {
  for (const [name, measure] of Object.entries(measures)) {
    const range = RANGES.get(name);
    if (range) yield* outside(measure, range, `${path}.${name}`);
  }
  const value = (name: string) => Object.hasOwn(measures, name) ? measures[name].value : null;
  const scan = { shape, spacing, truthVoxels: truth && truth.voxels };
  for (const found of [contradictionsAmong(value, scan), ofExcesses(measures)]) {
    for (const { metric, problem } of found) yield `${path}.${metric}.value: ${problem}`;
  }
}

/** What a prediction has in excess is its own less the truth's. */
function* ofExcesses(measures: Measures): Generator<Contradiction> {
  for (const name of Object.keys(measures).filter((name) => name.endsWith("_excess"))) {
    const of = (what: string) => measures[name.replace("excess", what)]?.value ?? null;
    const [prediction, truth] = [of("prediction"), of("truth")];
    if (prediction === null || truth === null) continue;
    yield* unless(name, measures[name].value, prediction - truth);
  }
}

/** A value outside its range. */
export function* outside(
  { value }: MeasuredValue,
  [low, high]: readonly [number, number],
  path: string,
): Generator<string> {
  // rounding may leave a correlation of a curve with itself a last digit above 1
  if (value !== null && (value < low - 1e-9 || value > high + 1e-9)) {
    yield `${path}.value: ${value} is not in ${low} to ${high}`;
  }
}
