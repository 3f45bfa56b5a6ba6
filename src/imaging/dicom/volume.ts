/**
 * A series as a volume in the canonical orientation.
 *
 * @module
 */

import { affineOf, cross, flipWorld, norm, scaled } from "../affine.ts";
import type { PhaseHook } from "../files.ts";
import { canonicalGrid, intoCanonical, sourceGrid } from "../orientation.ts";
import { refusal } from "../refusal.ts";
import type { Affine, IngestNote, Rescale, StoredVoxels, Volume, Window } from "../volume.ts";
import { type PlacedSlice, withoutDuplicates } from "./duplicates.ts";
import { stackSlices } from "./geometry.ts";
import { sameArray, SliceReader, storedArray, throughLut } from "./pixels.ts";
import { noteFacts, noteSurplusBits } from "./notes.ts";
import { agreeingSlices, type Series } from "./series.ts";
import type { Slice } from "./slice.ts";

/**
 * Reads a series.
 *
 * @param unit what errors call it (the folder or file as the user named it)
 * @param found notes of what came before
 */
export function readSeries(
  unit: string,
  series: Series,
  found: readonly IngestNote[],
  onPhase: PhaseHook,
): Volume {
  const notes: IngestNote[] = [...found, ...series.notes];
  using reader = new SliceReader(onPhase);
  const agreeing = agreeingSlices(series);
  const { slices, affine, sized } = stack(unit, agreeing, notes, reader);
  noteFacts(slices, notes);
  const [{ rows, columns, pixelSpacing, modality }] = slices;
  const source = sourceGrid([columns, rows, slices.length], affine, 1);
  const grid = canonicalGrid(source);
  const stored = storedVoxels(slices, reader, onPhase);
  noteSurplusBits(reader.surplusBits, notes);
  const alongZ = source.axes[2].axis === 2;
  const ordered = alongZ && source.axes[2].reversed ? slices.toReversed() : slices;
  let rescale: readonly Rescale[] = oneOrAll(ordered.map(({ transform }) => transform.rescale));
  let windows: readonly (readonly Window[])[] = windowsOf(ordered);
  const voxels = onPhase("decode", () => {
    const values = alongZ || rescale.length === 1
      ? stored
      : bakeRescale(stored, rescale, rows * columns);
    return intoCanonical(values, source);
  });
  if (!alongZ) {
    notes.push({
      kind: "found",
      rule: "reoriented",
      message: `the slices lie along ${source.orientation[2]}, not along the body's axis; ` +
        "z is the axis closest to it",
    });
    if (rescale.length > 1) rescale = [{ slope: 1, intercept: 0 }];
    if (windows.length > 1) {
      windows = [];
      notes.push({
        kind: "warning",
        rule: "windows-dropped",
        message: "windows that differ between slices cannot follow the reoriented z axis",
      });
    }
  }
  return {
    voxels,
    ...grid,
    spacing: pixelSpacing === null || !sized ? null : grid.spacing,
    rescale,
    windows,
    format: "dicom",
    modality,
    source,
    report: notes,
  };
}

interface StackedSlices {
  readonly slices: readonly Slice[];
  readonly affine: Affine;
  /** Whether the distance of the slices is known. */
  readonly sized: boolean;
}

/** Orders the slices, drops duplicates, and makes the affine (i, j, k) to RAS. */
function stack(
  unit: string,
  slices: readonly Slice[],
  notes: IngestNote[],
  reader: SliceReader,
): StackedSlices {
  const placed = slices.filter((slice): slice is PlacedSlice =>
    slice.position !== null && slice.orientation !== null
  );
  const [rowsApart, columnsApart] = slices[0].pixelSpacing ?? [1, 1];
  if (placed.length < slices.length) {
    const lost = slices.find(({ position, orientation }) => !position || !orientation);
    if (slices.length > 1) {
      throw refusal(
        "no-position",
        `${lost?.file} does not say where it lies (ImagePositionPatient, ImageOrientationPatient).`,
        "Slices cannot be put in order without; file names and InstanceNumber are not used.",
      );
    }
    notes.push({
      kind: "warning",
      rule: "no-position",
      message: "the image does not say where it lies: an axial slice at the origin is assumed",
    });
    const affine = affineOf([columnsApart, 0, 0], [0, rowsApart, 0], [0, 0, 1], [0, 0, 0]);
    return { slices, affine: flipWorld(affine), sized: false };
  }
  const { row, column } = placed[0].orientation;
  const different = withoutDuplicates(placed, notes, reader);
  const pixel = slices[0].pixelSpacing === null ? null : Math.min(rowsApart, columnsApart);
  const { order, step } = stackSlices(different, row, column, pixel, unit);
  const sorted = order.map((index) => different[index]);
  if (order.some((index, at) => index !== at)) {
    notes.push({
      kind: "found",
      rule: "sorted-by-position",
      message: "file names are not in the order of the slices; positions are what counts",
    });
  }
  const between = sorted[0].between;
  if (step === null) noteOneSlice(between, notes);
  else noteStatedSpacing(norm(step), between, notes);
  const affine = affineOf(
    scaled(row, columnsApart),
    scaled(column, rowsApart),
    step ?? scaled(cross(row, column), between ?? 1),
    sorted[0].position,
  );
  return { slices: sorted, affine: flipWorld(affine), sized: step !== null || between !== null };
}

function noteStatedSpacing(measured: number, stated: number | null, notes: IngestNote[]): void {
  if (stated === null || Math.abs(measured - stated) <= 0.01 * measured) return;
  notes.push({
    kind: "warning",
    rule: "spacing-stated",
    message: `SpacingBetweenSlices says ${stated} mm, the positions ${
      Number(measured.toFixed(4))
    } mm; positions are what counts`,
  });
}

function noteOneSlice(between: number | null, notes: IngestNote[]): void {
  notes.push({
    kind: "warning",
    rule: "one-slice",
    message: "a single slice has no distance to the next: " +
      (between === null
        ? "nothing can be told in millimetres"
        : `SpacingBetweenSlices, ${between} mm, stands in`),
  });
}

/** The stored values of all slices in the order given; HU already where a table makes them. */
function storedVoxels(
  slices: readonly Slice[],
  reader: SliceReader,
  onPhase: PhaseHook,
): StoredVoxels {
  const [{ format, rows, columns, transform }] = slices;
  const plane = rows * columns;
  const total = plane * slices.length;
  if (slices.some((slice) => !sameArray(slice.format, format))) {
    return mixedVoxels(slices, reader, onPhase);
  }
  if (transform.lut === null) {
    const voxels = onPhase("decode", () => allocate(() => storedArray(format, total)));
    reader.read(slices.map((slice, k) => ({
      slice,
      target: voxels.subarray(k * plane, (k + 1) * plane),
    })));
    return voxels;
  }
  const voxels = onPhase("decode", () => allocate(() => new Uint16Array(total)));
  const values = storedArray(format, plane);
  slices.forEach((slice, k) => {
    reader.read([{ slice, target: values }]);
    const { lut } = slice.transform;
    if (lut !== null) {
      onPhase("decode", () => throughLut(values, lut, voxels.subarray(k * plane, (k + 1) * plane)));
    }
  });
  return voxels;
}

/** Stored values of slices of several formats: each its own, in an array that all of them fit. */
function mixedVoxels(
  slices: readonly Slice[],
  reader: SliceReader,
  onPhase: PhaseHook,
): Int32Array<ArrayBuffer> {
  const plane = slices[0].rows * slices[0].columns;
  const voxels = onPhase("decode", () => allocate(() => new Int32Array(plane * slices.length)));
  slices.forEach((slice, k) => {
    const target = storedArray(slice.format, plane);
    reader.read([{ slice, target }]);
    const { lut } = slice.transform;
    onPhase("decode", () => {
      const values = lut === null ? target : new Uint16Array(plane);
      if (lut !== null) throughLut(target, lut, values as Uint16Array<ArrayBuffer>);
      voxels.set(values, k * plane);
    });
  });
  return voxels;
}

function allocate<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw refusal("too-large", "The scan does not fit into memory.", undefined, { cause });
  }
}

/** HU of slices whose rescale differs, where z is not the slice axis and cannot carry it. */
function bakeRescale(
  stored: StoredVoxels,
  rescale: readonly Rescale[],
  plane: number,
): Float32Array<ArrayBuffer> {
  const baked = new Float32Array(stored.length);
  for (let at = 0; at < baked.length; at++) {
    const { slope, intercept } = rescale[Math.floor(at / plane)];
    baked[at] = stored[at] * slope + intercept;
  }
  return baked;
}

function windowsOf(slices: readonly Slice[]): readonly (readonly Window[])[] {
  const lists = slices.map(({ windows }) => windows.windows);
  return lists.every((list) => list.length === 0) ? [] : oneOrAll(lists);
}

/** One element if all are equal, else all. */
function oneOrAll<T>(values: readonly T[]): readonly T[] {
  const first = JSON.stringify(values[0]);
  return values.every((value) => JSON.stringify(value) === first) ? [values[0]] : values;
}
