/**
 * From positions in the patient to a stack of slices, or why they make none.
 *
 * Slices are ordered by ImagePositionPatient along the slice normal and by nothing else: file
 * names, InstanceNumber and SliceLocation say nothing reliable, and SliceThickness is no distance.
 * Their positions are fitted to an even line: written digits and jitter move single slices by some
 * hundredths of a step, and only what lies further off is uneven.
 *
 * @module
 */

import { addScaled, cross, dot, norm, scaled, type Vector } from "../affine.ts";
import { refusal } from "../refusal.ts";

/** A slice as far as its place goes. */
export interface PlacedSlice {
  /** How errors name it. */
  readonly file: string;
  /** Centre of its first voxel, LPS+ millimetres. */
  readonly position: Vector;
}

/** A regular stack. */
export interface Stack {
  /** Indices of the slices, in order along the normal. */
  readonly order: readonly number[];
  /** From one slice to the next, LPS+ millimetres; null for a single slice. */
  readonly step: Vector | null;
}

/** Slices may lie off the even line by this share of the step: a tenth of a voxel is no error. */
const GRID_TOLERANCE = 0.1;
/** Closer than this, in millimetres, two slices lie in the same place. */
const SAME_PLACE_MM = 0.01;
/** The stack may lean by this much of its length (0.06 degrees) ... */
const LEAN_TOLERANCE = 0.001;
/** ... or by this much of a pixel. */
const LEAN_TOLERANCE_PIXELS = 0.25;

const RESAMPLE = "Use a series that is even, or make it so: with --resample (in a manifest " +
  '"resample": true) it is interpolated to an even, untilted grid.';

/** The direction in which slices are stacked. */
export function sliceNormal(row: Vector, column: Vector): Vector {
  return cross(row, column);
}

/** Groups of indices of slices that lie in the same place, each in the order given. */
export function samePlaces(slices: readonly PlacedSlice[], normal: Vector): number[][] {
  const along = slices.map(({ position }) => dot(position, normal));
  const order = orderBy(along);
  const groups: number[][] = [];
  order.forEach((index, at) => {
    const together = at > 0 && along[index] - along[order[at - 1]] < SAME_PLACE_MM;
    if (together) groups[groups.length - 1].push(index);
    else groups.push([index]);
  });
  return groups;
}

/**
 * Orders slices of one orientation and checks that they make a regular stack.
 *
 * @param slices in different places
 * @param pixel the smaller distance between pixels, in millimetres; null where unknown
 * @param unit what errors call the series
 * @throws InputError naming every rule that is broken: `missing-slice`, `uneven-spacing`,
 * `gantry-tilt`; its details hold the gaps in millimetres and the lean in degrees
 */
export function stackSlices(
  slices: readonly PlacedSlice[],
  row: Vector,
  column: Vector,
  pixel: number | null,
  unit: string,
): Stack {
  const { order, step, faults, gaps, tilt } = examineStack(slices, row, column, pixel);
  if (faults.length > 0) {
    throw refusal(
      faults[0].rule,
      `${unit} is no regular stack: ${faults.map((fault) => fault.message).join("; ")}.`,
      faults.map((fault) => fault.advice).join(" "),
      {
        rules: faults.map((fault) => fault.rule),
        slices: slices.length,
        gaps: gaps.map((gap) => Number(gap.toFixed(4))),
        tilt: Number(tilt.toFixed(3)),
      },
    );
  }
  return { order, step };
}

/** Slices in order, and what keeps them from being a regular stack. */
export interface ExaminedStack extends Stack {
  /** Nothing for a regular stack. */
  readonly faults: readonly Fault[];
  /** Millimetres from each slice to the next along the normal. */
  readonly gaps: readonly number[];
  /** Degrees between the stack and the normal. */
  readonly tilt: number;
}

/** A rule that slices break. */
export interface Fault {
  /** Its stable short name. */
  readonly rule: string;
  /** What is wrong, with the files that show it. */
  readonly message: string;
  /** What is wrong, without the names of files. */
  readonly fact: string;
  /** What to do next. */
  readonly advice: string;
}

/** As `stackSlices`, but tells what is wrong instead of throwing. */
export function examineStack(
  slices: readonly PlacedSlice[],
  row: Vector,
  column: Vector,
  pixel: number | null,
): ExaminedStack {
  const normal = sliceNormal(row, column);
  const along = slices.map(({ position }) => dot(position, normal));
  const order = orderBy(along);
  if (order.length < 2) return { order, step: null, faults: [], gaps: [], tilt: 0 };
  const sorted = order.map((index) => slices[index]);
  const gaps = order.slice(1).map((index, at) => along[index] - along[order[at]]);
  const whole = addScaled(sorted[sorted.length - 1].position, sorted[0].position, -1);
  const faults = [
    gapFault(order.map((index) => along[index]), gaps, sorted),
    leanFault(whole, normal, sorted, pixel),
  ].filter((fault) => fault !== null);
  const step = scaled(whole, 1 / (order.length - 1));
  return { order, step, faults, gaps, tilt: leanDegrees(whole, normal) };
}

/**
 * How far the numbers lie at most from a line through them, by least squares, and the line's slope.
 *
 * @example
 * ```ts
 * import { fitLine } from "./geometry.ts";
 * import assert from "node:assert/strict";
 * // 0.625 apart, written with one decimal
 * const { slope, farthest } = fitLine([0, 1, 2, 3], [30, 30.6, 31.2, 31.9]);
 * assert.deepEqual([slope.toFixed(2), farthest.toFixed(3)], ["0.63", "0.040"]);
 * ```
 */
export function fitLine(
  at: readonly number[],
  values: readonly number[],
): { readonly slope: number; readonly farthest: number } {
  const mean = (numbers: readonly number[]) =>
    numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const [middle, level] = [mean(at), mean(values)];
  let [products, squares] = [0, 0];
  at.forEach((x, index) => {
    products += (x - middle) * (values[index] - level);
    squares += (x - middle) ** 2;
  });
  const slope = products / squares;
  const off = at.map((x, index) => Math.abs(values[index] - level - slope * (x - middle)));
  return { slope, farthest: Math.max(...off) };
}

function gapFault(
  along: readonly number[],
  gaps: readonly number[],
  slices: readonly PlacedSlice[],
): Fault | null {
  const isEven = (places: readonly number[]) => {
    const { slope, farthest } = fitLine(places, along);
    return farthest <= GRID_TOLERANCE * slope;
  };
  if (isEven(along.map((_, at) => at))) return null;
  const sorted = gaps.toSorted((a, b) => a - b);
  const usual = sorted[(sorted.length - 1) >> 1];
  const odd = gaps.findIndex((gap) => Math.abs(gap - usual) > GRID_TOLERANCE * usual);
  const between = `between ${slices[odd]?.file} and ${slices[odd + 1]?.file}`;
  const places = [0];
  for (const gap of gaps) places.push(places[places.length - 1] + Math.round(gap / usual));
  if (gaps.every((gap) => gap > usual / 2) && isEven(places)) {
    const missing = places[places.length - 1] - gaps.length;
    const fact = `${missing} ${missing === 1 ? "slice is" : "slices are"} missing`;
    return {
      rule: "missing-slice",
      fact,
      message: `${fact}, first ${between}, which lie ${millimetres(gaps[odd])} apart where ${
        millimetres(usual)
      } is usual`,
      advice: "Copy the whole series again.",
    };
  }
  const kinds = [...new Set(sorted.map(millimetres))];
  const distances = kinds.length > 4
    ? `${kinds[0]} to ${kinds[kinds.length - 1]}`
    : kinds.join(", ");
  const fact = `the slices are unevenly spaced (${distances})`;
  return {
    rule: "uneven-spacing",
    fact,
    message: odd < 0 ? fact : `${fact}, first ${between}`,
    advice: RESAMPLE,
  };
}

function leanFault(
  whole: Vector,
  normal: Vector,
  slices: readonly PlacedSlice[],
  pixel: number | null,
): Fault | null {
  const length = Math.abs(dot(whole, normal));
  const tolerance = Math.max(LEAN_TOLERANCE * length, LEAN_TOLERANCE_PIXELS * (pixel ?? 0));
  const aside = slices.map(({ position }) => {
    const offset = addScaled(position, slices[0].position, -1);
    return norm(addScaled(offset, normal, -dot(offset, normal)));
  });
  const worst = Math.max(...aside);
  if (worst <= tolerance) return null;
  const degrees = leanDegrees(whole, normal);
  if (degrees <= Math.atan(LEAN_TOLERANCE) * 180 / Math.PI) {
    const { file } = slices[aside.indexOf(worst)];
    const fact = `lies ${millimetres(worst)} beside the others`;
    return {
      rule: "shifted-slice",
      fact: `a slice ${fact}`,
      message: `${file} ${fact}`,
      advice: "Use a series whose slices lie over one another.",
    };
  }
  const fact = `the slices are not stacked along their normal: it leans by ${
    degrees.toFixed(2)
  } degrees (${millimetres(worst)} in all), as with a tilted gantry`;
  return { rule: "gantry-tilt", fact, message: fact, advice: RESAMPLE };
}

function leanDegrees(whole: Vector, normal: Vector): number {
  const length = dot(whole, normal);
  const aside = norm(addScaled(whole, normal, -length));
  return Math.atan2(aside, Math.abs(length)) * 180 / Math.PI;
}

function orderBy(along: readonly number[]): number[] {
  return along.map((_, index) => index).sort((a, b) => along[a] - along[b] || a - b);
}

function millimetres(value: number): string {
  return `${Number(value.toFixed(2))} mm`;
}
