/**
 * What lies under one SeriesInstanceUID: a scan, and what was sent with it.
 *
 * Scanners and archives put scouts, captures and several passes into one series. What shows by its
 * header that it is no slice of the scan is left out, and passes that lie over one another become
 * series of their own, to be chosen from. What cannot be told apart stays together, and is refused
 * when it is read.
 *
 * @module
 */

import { dot } from "../affine.ts";
import type { IngestNote } from "../volume.ts";
import { examineStack, samePlaces, sliceNormal } from "./geometry.ts";
import type { PlacedSlice } from "./duplicates.ts";
import type { Slice } from "./slice.ts";

/** Slices that may make one volume. */
export interface Part {
  /** What tells it from the others, such as `acquisition 2`; null where there is only one. */
  readonly name: string | null;
  /** In the order given; the order means nothing. */
  readonly slices: readonly Slice[];
  /** What was left out, and what one should know of the rest. */
  readonly notes: readonly IngestNote[];
}

/** One image in so many is left out of a scan for its kind; more make a series that is mixed. */
const ODD_SHARE = 4;
/** Slices that make a scan: fewer are pictures. */
export const FEWEST_SLICES = 3;
/** Directions may differ by this: 0.06 degrees, as digits in the fourth place do. */
export const DIRECTION_TOLERANCE = 1e-3;
/** Pixel spacings may differ by this many millimetres. */
export const SPACING_TOLERANCE = 1e-3;
/** Planes whose normals have a smaller cosine than this are not the same plane askew. */
const OTHER_PLANE = 0.9;

/** The parts of the slices of one SeriesInstanceUID: one, mostly. */
export function partsOf(slices: readonly Slice[]): Part[] {
  const notes: IngestNote[] = [];
  const scans = slices.filter(({ localizer }) => !localizer);
  const wanted = scans.length > 0 ? scans : slices;
  if (wanted.length < slices.length) {
    notes.push(leftOut("localizer", "localizer images of the series", slices, wanted));
  }
  const kinds = kindsOf(wanted);
  const [main] = kinds;
  const odd = kinds.filter((kind) => kind !== main && isOdd(kind, main));
  if (odd.length > 0) {
    const rest = wanted.filter((slice) => !odd.some((kind) => kind.includes(slice)));
    const what = "images of another plane or kind than the scan (scouts, captures)";
    notes.push(leftOut("odd-image", what, wanted, rest));
    if (kinds.length === odd.length + 1) return passesOf(rest, notes);
    return [{ name: null, slices: rest, notes }];
  }
  if (kinds.length === 1) return passesOf(wanted, notes);
  // Two scans under one identifier, such as two fields of view.
  const whole = kinds.every((kind) => kind.length >= FEWEST_SLICES && isStack(kind));
  return whole
    ? kinds.map((kind) => ({ name: nameOfKind(kind), slices: kind, notes }))
    : [{ name: null, slices: wanted, notes }];
}

function leftOut(
  rule: string,
  what: string,
  all: readonly Slice[],
  rest: readonly Slice[],
): IngestNote {
  const files = all.filter((slice) => !rest.includes(slice)).map(({ file }) => file);
  return { kind: "ignored", rule, message: `${files.length} ${what}`, files };
}

/** Slices by size, plane and pixel spacing, the largest group first. */
function kindsOf(slices: readonly Slice[]): Slice[][] {
  const kinds: Slice[][] = [];
  for (const slice of slices) {
    const kind = kinds.find(([first]) => isSameKind(first, slice));
    if (kind === undefined) kinds.push([slice]);
    else kind.push(slice);
  }
  return kinds.sort((a, b) => b.length - a.length);
}

function isSameKind(a: Slice, b: Slice): boolean {
  const near = (x: readonly number[] | null, y: readonly number[] | null, within: number) =>
    x === null || y === null ? x === y : x.every((value, at) => Math.abs(value - y[at]) <= within);
  return a.rows === b.rows && a.columns === b.columns && (a.position === null) ===
      (b.position === null) &&
    near(directions(a), directions(b), DIRECTION_TOLERANCE) &&
    near(a.pixelSpacing, b.pixelSpacing, SPACING_TOLERANCE);
}

function directions({ orientation }: Slice): readonly number[] | null {
  return orientation && [...orientation.row, ...orientation.column];
}

/** Whether a few images are plainly none of the slices that lie beside them. */
function isOdd(kind: readonly Slice[], main: readonly Slice[]): boolean {
  if (kind.length * ODD_SHARE > main.length) return false;
  const [one, usual] = [kind[0], main[0]];
  if (one.position === null || one.orientation === null || one.capture) return true;
  if (usual.orientation === null) return false;
  const normal = ({ row, column }: NonNullable<Slice["orientation"]>) => sliceNormal(row, column);
  return Math.abs(dot(normal(one.orientation), normal(usual.orientation))) < OTHER_PLANE;
}

function nameOfKind([slice]: readonly Slice[]): string {
  const spacing = slice.pixelSpacing?.map((value) => Number(value.toFixed(3))).join("x");
  return `${slice.rows}x${slice.columns}${spacing === undefined ? "" : ` of ${spacing} mm`}`;
}

/** What may tell passes apart, in the order in which it is believed. */
const KEYS: readonly {
  readonly name: (key: string) => string;
  readonly of: (slice: Slice) => string | null;
}[] = [
  { name: (key) => `acquisition ${key}`, of: ({ acquisition }) => text(acquisition) },
  { name: (key) => `phase ${key}`, of: ({ phase }) => text(phase) },
  { name: (key) => `echo ${key}`, of: ({ echo }) => text(echo) },
  { name: (key) => `kernel ${key}`, of: ({ kernel }) => kernel },
  { name: (key) => `of type ${key}`, of: ({ imageType }) => imageType },
];

function text(number: number | null): string | null {
  return number === null ? null : String(number);
}

/** Slices of one kind as one part, or as one a pass where passes lie over one another. */
function passesOf(slices: readonly Slice[], notes: readonly IngestNote[]): Part[] {
  const whole: Part = { name: null, slices, notes };
  const placed = slices.filter(isPlaced);
  if (placed.length < slices.length || placed.length < 2) return [whole];
  if (isStack(placed)) {
    const passes = groups(placed, KEYS[0].of);
    return passes === null || !areInterleaved([...passes.values()])
      ? [whole]
      : [{ ...whole, notes: [...notes, interleaved(passes.size)] }];
  }
  for (const { name, of } of KEYS) {
    const found = groups(placed, of);
    if (found === null || ![...found.values()].every(isStack)) continue;
    return [...found].sort(([a], [b]) => order(a, b))
      .map(([key, members]) => ({ name: name(key), slices: members, notes }));
  }
  const byTime = passesByTime(placed);
  return byTime === null ? [whole] : byTime.map((members, at) => ({
    name: `pass ${at + 1} of ${byTime.length} by time`,
    slices: members,
    notes,
  }));
}

function order(a: string, b: string): number {
  return Number(a) - Number(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function isPlaced(slice: Slice): slice is PlacedSlice {
  return slice.position !== null && slice.orientation !== null;
}

/** Slices by a key that all have, where that makes two groups or more of two slices or more. */
function groups(
  slices: readonly PlacedSlice[],
  of: (slice: Slice) => string | null,
): Map<string, PlacedSlice[]> | null {
  if (slices.some((slice) => of(slice) === null)) return null;
  const found = Map.groupBy(slices, (slice) => of(slice) as string);
  return found.size > 1 && [...found.values()].every(({ length }) => length > 1) ? found : null;
}

/** Whether slices of one kind lie evenly, each in a place of its own (or as a copy of one). */
function isStack(slices: readonly Slice[]): boolean {
  const placed = slices.filter(isPlaced);
  if (placed.length < slices.length) return false;
  const [{ orientation: { row, column }, pixelSpacing }] = placed;
  const places = samePlaces(placed, sliceNormal(row, column));
  const own = places.map(([first]) => placed[first]);
  const copies = places.every((members) =>
    members.every((index) => placed[index].instance === placed[members[0]].instance)
  );
  const pixel = pixelSpacing === null ? null : Math.min(...pixelSpacing);
  return copies && examineStack(own, row, column, pixel).faults.length === 0;
}

/** Whether passes lie within each other rather than one behind the other. */
function areInterleaved(passes: readonly (readonly PlacedSlice[])[]): boolean {
  const ranges = passes.map((members) => {
    const { row, column } = members[0].orientation;
    const along = members.map(({ position }) => dot(position, sliceNormal(row, column)));
    return [Math.min(...along), Math.max(...along)];
  }).sort((a, b) => a[0] - b[0]);
  return ranges.some(([low], at) => at > 0 && low < ranges[at - 1][1]);
}

function interleaved(passes: number): IngestNote {
  return {
    kind: "warning",
    rule: "interleaved-passes",
    message:
      `slices of ${passes} acquisitions lie between each other: the patient may have moved, ` +
      "or contrast come in, from one slice to the next",
  };
}

/** The first, second, ... of the slices of each place by time, where all places have as many. */
function passesByTime(slices: readonly PlacedSlice[]): PlacedSlice[][] | null {
  const { row, column } = slices[0].orientation;
  const places = samePlaces(slices, sliceNormal(row, column))
    .map((members) => members.map((index) => slices[index]));
  const count = places[0].length;
  const fits = count > 1 && places.every((members) =>
    members.length === count &&
    new Set(members.map(({ time }) => time)).size === count &&
    members.every(({ time }) => time !== null)
  );
  if (!fits) return null;
  const sorted = places.map((members) =>
    members.toSorted((a, b) => Number(a.time) - Number(b.time))
  );
  const passes = Array.from({ length: count }, (_, at) => sorted.map((members) => members[at]));
  return passes.every(isStack) ? passes : null;
}
