/**
 * A series as a volume in the canonical orientation.
 *
 * @module
 */

import type { PhaseHook } from "../files.ts";
import { hounsfieldSlice, hounsfieldSummary } from "../hounsfield.ts";
import { canonicalGrid, intoCanonical, sourceGrid } from "../orientation.ts";
import type { EvenGrid, IngestNote, Rescale, StoredVoxels, Volume, Window } from "../volume.ts";
import { interpolate, nearestSlices } from "./even_grid.ts";
import { noteFacts, noteSurplusBits } from "./ingest_notes.ts";
import { SliceReader } from "./pixels.ts";
import { agreeingSlices, type Series } from "./series.ts";
import type { Slice } from "./slice.ts";
import { stack } from "./stacking.ts";
import { bakeRescale, storedVoxels } from "./stored_voxels.ts";

/** How to read a series. */
export interface SeriesOptions {
  /** Called around each piece of work. */
  readonly onPhase: PhaseHook;
  /** Whether slices that lie unevenly or lean may be interpolated to a grid. */
  readonly resample: boolean;
}

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
  { onPhase, resample }: SeriesOptions,
): Volume {
  const notes: IngestNote[] = [...found, ...series.notes];
  using reader = new SliceReader(onPhase);
  const agreeing = agreeingSlices(series);
  const { slices, affine, sized, even } = stack(unit, agreeing, resample, notes, reader);
  noteFacts(slices, even !== null, notes);
  const [{ rows, columns, pixelSpacing, modality }] = slices;
  const source = sourceGrid(even?.shape ?? [columns, rows, slices.length], affine, 1);
  const grid = canonicalGrid(source);
  const stored = storedVoxels(slices, reader, onPhase);
  noteSurplusBits(reader.surplusBits, notes);
  const rescales = oneOrAll(slices.map(({ transform }) => transform.rescale));
  const { values, rescale, windows } = onPhase(
    "decode",
    () =>
      even !== null
        ? evenValues(slices, even, stored, rescales)
        : { values: stored, rescale: rescales, windows: windowsOf(slices) },
  );
  const oriented = orient(values, rescale, windows, source, notes, onPhase);
  return {
    ...oriented,
    ...grid,
    spacing: pixelSpacing === null || !sized ? null : grid.spacing,
    format: "dicom",
    modality,
    source,
    report: notes,
    dicom: {
      slices: slices.map(({ path, frameNumber, sopClass, instance, position }) => ({
        path,
        frameNumber,
        sopClass,
        instance,
        position,
      })),
      plane: [columns, rows],
      orientation: slices[0].orientation,
      pixelSpacing,
      frameOfReference: slices[0].frameOfReference,
      even,
    },
  };
}

/** Values of a stack, with what gives them meaning: one of each, or one a slice. */
interface StackValues {
  readonly values: StoredVoxels;
  readonly rescale: readonly Rescale[];
  readonly windows: Volume["windows"];
}

/** HU of slices on the grid that is made of them; air, or what is least, where none reaches. */
function evenValues(
  slices: readonly Slice[],
  even: EvenGrid,
  stored: StoredVoxels,
  rescale: readonly Rescale[],
): StackValues {
  const [{ rows, columns }] = slices;
  const source = { voxels: stored, shape: [slices.length, rows, columns], rescale } as const;
  const least = hounsfieldSummary(source).min ?? 0;
  const values = interpolate(even, (k) => hounsfieldSlice(source, k), least);
  const windows = windowsOf(nearestSlices(even).map((nearest) => slices[nearest]));
  return { values, rescale: [{ slope: 1, intercept: 0 }], windows };
}

/** Values in canonical order; what differs from slice to slice follows the slices. */
function orient(
  values: StoredVoxels,
  rescale: readonly Rescale[],
  windows: Volume["windows"],
  source: Volume["source"],
  notes: IngestNote[],
  onPhase: PhaseHook,
): Pick<Volume, "voxels" | "rescale" | "windows"> {
  const alongZ = source.axes[2].axis === 2;
  const reversed = alongZ && source.axes[2].reversed;
  const plane = source.shape[0] * source.shape[1];
  const voxels = onPhase("decode", () => {
    const meant = alongZ || rescale.length === 1 ? values : bakeRescale(values, rescale, plane);
    return intoCanonical(meant, source);
  });
  if (alongZ) {
    return {
      voxels,
      rescale: reversed ? rescale.toReversed() : rescale,
      windows: reversed ? windows.toReversed() : windows,
    };
  }
  notes.push({
    kind: "found",
    rule: "reoriented",
    message: `the slices lie along ${source.orientation[2]}, not along the body's axis; ` +
      "z is the axis closest to it",
  });
  if (windows.length > 1) {
    notes.push({
      kind: "warning",
      rule: "windows-dropped",
      message: "windows that differ between slices cannot follow the reoriented z axis",
    });
  }
  return {
    voxels,
    rescale: rescale.length > 1 ? [{ slope: 1, intercept: 0 }] : rescale,
    windows: windows.length > 1 ? [] : windows,
  };
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
