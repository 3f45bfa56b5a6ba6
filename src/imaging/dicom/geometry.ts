/**
 * From positions in the patient to a stack of slices, or why they make none.
 *
 * Slices are ordered by ImagePositionPatient along the slice normal and by nothing else: file
 * names, InstanceNumber and SliceLocation say nothing reliable, and SliceThickness is no distance.
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

/** Distances between slices may differ from their median by this much of it ... */
const GAP_TOLERANCE = 0.01;
/** ... or by this many millimetres, since positions are written with few digits. */
const GAP_TOLERANCE_MM = 0.02;
/** Closer than this, in millimetres, two slices lie in the same place. */
const SAME_PLACE_MM = 0.001;
/** The stack may lean by this much of its length (0.06 degrees) ... */
const LEAN_TOLERANCE = 0.001;
/** ... or by this much of a pixel. */
const LEAN_TOLERANCE_PIXELS = 0.1;

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
  const normal = sliceNormal(row, column);
  const along = slices.map(({ position }) => dot(position, normal));
  const order = orderBy(along);
  if (order.length < 2) return { order, step: null };
  const gaps = order.slice(1).map((index, at) => along[index] - along[order[at]]);
  const first = slices[order[0]].position;
  const last = slices[order[order.length - 1]].position;
  const whole = addScaled(last, first, -1);
  const faults = [
    gapFault(gaps, order.map((index) => slices[index].file)),
    leanFault(whole, normal, order.map((index) => slices[index]), pixel),
  ].filter((fault) => fault !== null);
  if (faults.length > 0) {
    throw refusal(
      faults[0].rule,
      `${unit} is no regular stack: ${faults.map((fault) => fault.message).join("; ")}.`,
      faults.map((fault) => fault.advice).join(" "),
      {
        rules: faults.map((fault) => fault.rule),
        slices: slices.length,
        gaps: gaps.map((gap) => Number(gap.toFixed(4))),
        tilt: Number(leanDegrees(whole, normal).toFixed(3)),
      },
    );
  }
  return { order, step: scaled(whole, 1 / (order.length - 1)) };
}

interface Fault {
  readonly rule: string;
  readonly message: string;
  readonly advice: string;
}

function gapFault(gaps: readonly number[], files: readonly string[]): Fault | null {
  const sorted = gaps.toSorted((a, b) => a - b);
  const usual = sorted[(sorted.length - 1) >> 1];
  const tolerance = Math.max(GAP_TOLERANCE * usual, GAP_TOLERANCE_MM);
  const odd = gaps.findIndex((gap) => Math.abs(gap - usual) > tolerance);
  if (odd < 0) return null;
  const between = `between ${files[odd]} and ${files[odd + 1]}`;
  const whole = gaps.every((gap) =>
    Math.abs(gap - Math.round(gap / usual) * usual) <= tolerance * Math.round(gap / usual)
  );
  if (whole && sorted[0] > usual - tolerance) {
    const missing = gaps.reduce((sum, gap) => sum + Math.round(gap / usual) - 1, 0);
    return {
      rule: "missing-slice",
      message: `${missing} ${missing === 1 ? "slice is" : "slices are"} missing, first ${between}` +
        `, which lie ${millimetres(gaps[odd])} apart where ${millimetres(usual)} is usual`,
      advice: "Copy the whole series again.",
    };
  }
  const kinds = [...new Set(sorted.map(millimetres))];
  const distances = kinds.length > 4
    ? `${kinds[0]} to ${kinds[kinds.length - 1]}`
    : kinds.join(", ");
  return {
    rule: "uneven-spacing",
    message: `the slices are unevenly spaced (${distances}), first ${between}`,
    advice: "Resample it to even spacing, or use a series that has it.",
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
    return {
      rule: "shifted-slice",
      message: `${file} lies ${millimetres(worst)} beside the others`,
      advice: "Use a series whose slices lie over one another.",
    };
  }
  return {
    rule: "gantry-tilt",
    message: `the slices are not stacked along their normal: it leans by ${
      degrees.toFixed(2)
    } degrees (${millimetres(worst)} in all), as with a tilted gantry`,
    advice: "Correct the tilt first (dcm2niix does), or use a series without.",
  };
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
