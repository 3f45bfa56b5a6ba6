/**
 * What `stackbench inspect` tells of a scan: plain JSON, without names, dates, UIDs or paths.
 *
 * @module
 */

import { hounsfieldSummary } from "./hounsfield.ts";
import { type ReadOptions, readScan } from "./read.ts";
import { windowNameTold } from "./told_texts.ts";
import type { Affine, IngestNote, StoredVoxels, Volume, Window } from "./volume.ts";

/** The facts of a scan. */
export interface ScanFacts {
  /** What it was read from. */
  readonly format: "dicom" | "nifti";
  /** Modality as stated, null where it is not. */
  readonly modality: string | null;
  /** Voxels along z (up), y (to the back), x (to the left). */
  readonly shape: readonly [number, number, number];
  /** Millimetres between voxels along z, y, x; null where unknown. */
  readonly spacing: readonly [number, number, number] | null;
  /** Canonical voxel (x, y, z) to RAS+ millimetres. */
  readonly affine: Affine;
  /** The grid as stored. */
  readonly source: {
    /** Voxels along the file's i, j, k. */
    readonly shape: readonly [number, number, number];
    /** (i, j, k) to RAS+ millimetres. */
    readonly affine: Affine;
    /** Directions of i, j, k, such as `LPS`. */
    readonly orientation: string;
  };
  /** Type of the stored voxels, such as `int16`. */
  readonly dtype: string;
  /** One rescale, or one a slice. */
  readonly rescale: Volume["rescale"];
  /** The window that `metadata` stands for, of the first slice; null where the file has none. */
  readonly window: WindowFacts | null;
  /** Windows of the metadata: one list, or one a slice; empty where there are none. */
  readonly windows: readonly (readonly WindowFacts[])[];
  /** The HU. */
  readonly voxels: {
    /** SHA-256 of the HU as little-endian float32 in z, y, x order. */
    readonly sha256: string;
    /** Smallest finite HU. */
    readonly min: number | null;
    /** Largest finite HU. */
    readonly max: number | null;
  };
  /** What was found, repaired and ignored, without file names. */
  readonly report: readonly Omit<IngestNote, "files">[];
}

/** A window, of a table only where it begins and how long it is. */
export interface WindowFacts extends Omit<Window, "table"> {
  /** The table of a VOI LUT; left out for others. */
  readonly table?: { readonly first: number; readonly entries: number };
}

function windowFacts({ table, name, ...window }: Window): WindowFacts {
  const told = windowNameTold(name);
  return {
    ...window,
    ...(told === undefined ? {} : { name: told }),
    ...(table === undefined ? {} : { table: { first: table.first, entries: table.values.length } }),
  };
}

/** Name of the type of stored voxels, such as `int16`. */
export function dtypeOf(voxels: StoredVoxels): string {
  return voxels.constructor.name.replace("Array", "").toLowerCase();
}

/** The facts of a volume in memory. */
export function factsOf(volume: Volume): ScanFacts {
  const { format, modality, shape, spacing, affine, source, rescale, report } = volume;
  const windows = volume.windows.map((list) => list.map(windowFacts));
  return {
    format,
    modality,
    shape,
    spacing,
    affine,
    source: { shape: source.shape, affine: source.affine, orientation: source.orientation },
    dtype: dtypeOf(volume.voxels),
    rescale,
    window: windows[0]?.[0] ?? null,
    windows,
    voxels: hounsfieldSummary(volume),
    report: report.map(({ kind, rule, message }) => ({ kind, rule, message })),
  };
}

/** Reads a scan and tells its facts. Throws what `readScan` throws. */
export function inspectScan(path: string, options: ReadOptions = {}): ScanFacts {
  return factsOf(readScan(path, options));
}
