/**
 * Reading a scan, whatever it is stored as.
 *
 * @module
 */

import { type FoundSeries, seriesOfFile, seriesOfFolder } from "./dicom/folder.ts";
import { chooseSeries, type SeriesSummary, summaries } from "./dicom/series.ts";
import { readSeries } from "./dicom/volume.ts";
import { kindOf, type PhaseHook, unhooked } from "./files.ts";
import { looksLikeNifti, readNifti } from "./nifti/read.ts";
import type { NiftiForm, Volume } from "./volume.ts";

/** What can be said about how to read a scan. */
export interface ReadOptions {
  /**
   * Which series of a folder with several: its position from 1 in the list that the error gives,
   * or its SeriesInstanceUID.
   */
  readonly series?: number | string;
  /**
   * Whether slices that lie unevenly or lean are interpolated to an even, untilted grid instead of
   * refused; no if left out.
   */
  readonly resample?: boolean;
  /** Which form to take of a NIfTI file whose sform and qform disagree; sform if left out. */
  readonly form?: NiftiForm;
  /** Called around the work of each phase, so that reading and decoding can be timed apart. */
  readonly onPhase?: PhaseHook;
}

/**
 * Reads a scan: a folder of DICOM files, one DICOM file, or a NIfTI file.
 *
 * A DICOM folder gives one series (see `ReadOptions.series`); a single DICOM file gives its one
 * slice, or all frames of an enhanced multi-frame image. The volume is in the canonical
 * orientation, with a report of what was found, repaired and ignored. Nothing is ever guessed
 * where it would move a voxel.
 *
 * @throws InputError naming the file and the rule (`details.rule`): missing slice, uneven spacing,
 * gantry tilt, mixed series, truncated file, compressed pixels, nothing usable and the like
 */
export function readScan(path: string, options: ReadOptions = {}): Volume {
  const onPhase = options.onPhase ?? unhooked;
  const kind = kindOf(path);
  if (kind === "file" && looksLikeNifti(path, onPhase)) {
    return readNifti(path, onPhase, options.form);
  }
  const found = findSeries(path, kind, onPhase);
  const series = chooseSeries(path, found.series, options.series);
  return readSeries(path, series, found.notes, { onPhase, resample: options.resample ?? false });
}

/** Reads every DICOM series of a folder, one volume each, in the order of `listSeries`. */
export function readAllSeries(path: string, options: Omit<ReadOptions, "series"> = {}): Volume[] {
  const onPhase = options.onPhase ?? unhooked;
  const { series, notes } = findSeries(path, kindOf(path), onPhase);
  const resample = options.resample ?? false;
  return series.map((one) => readSeries(path, one, notes, { onPhase, resample }));
}

/** The DICOM series of a folder: what the option `series` chooses among. */
export function listSeries(path: string): SeriesSummary[] {
  return summaries(findSeries(path, kindOf(path), unhooked).series);
}

function findSeries(path: string, kind: "file" | "folder", onPhase: PhaseHook): FoundSeries {
  return kind === "folder" ? seriesOfFolder(path, onPhase) : seriesOfFile(path, onPhase);
}
