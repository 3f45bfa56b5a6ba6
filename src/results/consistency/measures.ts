/**
 * Measures of one pair of masks against each other, and against the scan that they are of.
 *
 * @module
 */

import { METRICS } from "../../metrics/mod.ts";
import type { CaseRecord, MeasuredValue } from "../records.ts";
import { isClose } from "./close.ts";

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
  for (const name of ["hd95", "hd95_voxel"]) {
    const distance = value(name);
    if (distance === null) continue;
    // surfaces lie half a voxel around the outermost voxels
    const longest = spacing && Math.hypot(...shape.map((size, axis) => size * spacing[axis]));
    if (longest === null) yield `${path}.${name}.value: the scan's spacing is not known`;
    else if (distance > longest) {
      yield `${path}.${name}.value: ${distance} mm in a scan of ${longest} mm from corner to corner`;
    }
  }
  const [within1, within2] = [value("surface_dice_1mm"), value("surface_dice_2mm")];
  if (within1 !== null && within2 !== null && within1 > within2 && !isClose(within1, within2)) {
    yield `${path}.surface_dice_1mm.value: ${within1} is more than within 2 mm, ${within2}`;
  }
  yield* ofExcesses(measures, path);
  const [dice, precision, recall] = [value("dice"), value("precision"), value("recall")];
  const follow = (name: string, expected: number) => differs(value(name), expected, name, path);
  if (dice !== null) yield* follow("iou", dice / (2 - dice));
  if (dice && precision && recall) {
    yield* follow("dice", 2 / (1 / precision + 1 / recall));
    yield* follow("volume_error", recall / precision - 1);
  }
  if (recall !== null && truth && !isWhole(recall * truth.voxels)) {
    yield `${path}.recall.value: ${recall} of ${truth.voxels} voxels is no number of voxels`;
  }
}

/** What a prediction has in excess is its own less the truth's. */
function* ofExcesses(measures: Measures, path: string) {
  for (const name of Object.keys(measures).filter((name) => name.endsWith("_excess"))) {
    const of = (what: string) => measures[name.replace("excess", what)]?.value ?? null;
    const [prediction, truth] = [of("prediction"), of("truth")];
    if (prediction === null || truth === null) continue;
    yield* differs(measures[name].value, prediction - truth, name, path);
  }
}

function* differs(value: number | null, expected: number, name: string, path: string) {
  if (value !== null && !isClose(value, expected)) {
    yield `${path}.${name}.value: ${value} is not ${expected}, which follows from the others`;
  }
}

/** Whether a count that was divided, and multiplied again, is one. */
export function isWhole(count: number): boolean {
  return Math.abs(count - Math.round(count)) <= 1e-9 * Math.max(1, Math.abs(count));
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
