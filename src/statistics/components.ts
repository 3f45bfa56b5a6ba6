/**
 * Where the spread of repeated trainings comes from: patients, seeds, or both together.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { mean } from "./summary.ts";

/** Variances of a value that depends on a patient and on a seed. */
export interface VarianceComponents {
  /** Between patients: some are harder than others, whatever the seed. */
  readonly patients: number;
  /** Between seeds: some trainings are better than others, whatever the patient. */
  readonly seeds: number;
  /** The rest: how a seed does on one patient beyond both. */
  readonly rest: number;
}

/**
 * Variance components of a table of patients by seeds, from the mean squares of a crossed layout
 * with one value a cell. What comes out negative, as it may by chance, is 0.
 *
 * @param values rows are patients, columns seeds; every cell is there
 * @throws InputError for fewer than two patients or seeds, or rows of different length
 *
 * @example
 * ```ts
 * import { varianceComponents } from "./components.ts";
 * import assert from "node:assert/strict";
 * // two patients 0.2 apart, two seeds 0.1 apart, nothing else
 * const { patients, seeds, rest } = varianceComponents([[0.5, 0.6], [0.7, 0.8]]);
 * assert.deepEqual([patients, seeds, rest].map((v) => v.toFixed(4)), ["0.0200", "0.0050", "0.0000"]);
 * ```
 */
export function varianceComponents(values: readonly (readonly number[])[]): VarianceComponents {
  const [rows, columns] = [values.length, values[0]?.length ?? 0];
  if (rows < 2 || columns < 2 || values.some((row) => row.length !== columns)) {
    throw new InputError(`a table of ${rows} patients and ${columns} seeds tells no variances`, {
      advice: "give every seed's value of at least two patients, for at least two seeds",
    });
  }
  const all = mean(values.flat());
  const ofRows = values.map(mean);
  const ofColumns = values[0].map((_, j) => mean(values.map((row) => row[j])));
  const squares = (each: readonly number[]) =>
    each.reduce((sum, value) => sum + (value - all) ** 2, 0);
  const rest = values.reduce(
    (sum, row, i) =>
      sum + row.reduce((own, value, j) => own + (value - ofRows[i] - ofColumns[j] + all) ** 2, 0),
    0,
  ) / ((rows - 1) * (columns - 1));
  return {
    patients: Math.max(0, squares(ofRows) / (rows - 1) - rest / columns),
    seeds: Math.max(0, squares(ofColumns) / (columns - 1) - rest / rows),
    rest,
  };
}
