/**
 * What DICOM there is below a folder: scans, how to name each to the reader, and masks that refer to
 * them. Headers are read, pixels are not.
 *
 * @module
 */

import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import { unhooked } from "../files.ts";
import { isRefusal } from "../refusal.ts";
import type { Attributes } from "./attributes.ts";
import { guarded, loadDataSet, openDicom, startRoom } from "./open.ts";
import { bySeries, chooseSeries, isScan, type Series } from "./series.ts";
import type { Slice } from "./slice.ts";
import { structuresOf } from "./structures.ts";

/** A scan below a folder. */
export interface SurveyedScan {
  /** The folder to name to the reader, relative to the one that was searched; `.` for itself. */
  readonly folder: string;
  /** Number of the series in that folder; null where the reader takes it without being told. */
  readonly series: number | null;
  /** SeriesInstanceUID; empty where it has none. */
  readonly uid: string;
  /** SeriesNumber, null where there is none. */
  readonly number: number | null;
  /** What tells it from others of one identifier; null where there are none. */
  readonly part: string | null;
  /** How many slices it has. */
  readonly slices: number;
  /** The patient, as a number of this survey; null where the files name none. */
  readonly patient: number | null;
  /** Whether HU come of its values: computed tomography with a rescale. */
  readonly hounsfield: boolean;
}

/** A SEG or RTSTRUCT below a folder. */
export interface SurveyedMask {
  /** The file, relative to the folder that was searched. */
  readonly file: string;
  /** What it is. */
  readonly kind: "SEG" | "RTSTRUCT";
  /** Names of its segments or structures. */
  readonly labels: readonly string[];
  /** SeriesInstanceUIDs that it refers to. */
  readonly refersTo: readonly string[];
}

/** What was found. */
export interface DicomSurvey {
  /** Scans, in the order of their folders. */
  readonly scans: readonly SurveyedScan[];
  /** Masks, in the order of their files. */
  readonly masks: readonly SurveyedMask[];
  /** What is no scan: file or folder, and why. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
  /** Files that are no DICOM at all. */
  readonly foreign: readonly string[];
}

/**
 * Surveys files.
 *
 * @param root the folder
 * @param files in it and below, relative to it
 */
export function surveyDicom(root: string, files: readonly string[]): DicomSurvey {
  const room = startRoom();
  const slices: Slice[] = [];
  const masks: SurveyedMask[] = [];
  const left: { path: string; why: string }[] = [];
  const foreign: string[] = [];
  for (const file of files) {
    try {
      const opened = openDicom(join(root, file), file, unhooked, room);
      if (opened.kind === "image") slices.push(...opened.slices);
      else if (opened.kind === "foreign") foreign.push(file);
      else if (opened.what === "SEG" || opened.what === "RTSTRUCT") {
        const { what } = opened;
        masks.push(guarded(file, () => maskOf(root, file, what)));
      } else left.push({ path: file, why: `DICOM without a scan (${opened.what})` });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      left.push({ path: file, why: messageOf(error) });
    }
  }
  const scans = scansOf(slices, left);
  return { scans, masks, left, foreign };
}

function scansOf(
  slices: readonly Slice[],
  left: { path: string; why: string }[],
): SurveyedScan[] {
  const patients = [...new Set(slices.map(({ patient }) => patient))].sort();
  const scans: SurveyedScan[] = [];
  for (const series of separate(slices).flatMap(bySeries)) {
    const folder = commonFolder(series.slices.map(({ file }) => file));
    const [{ modality, localizer, capture, patient, transform }] = series.slices;
    if (!isScan(series)) {
      const what = localizer ? "scout" : capture ? "capture" : "picture";
      const count = series.slices.length;
      left.push({
        path: count === 1 ? series.slices[0].file : folder,
        why: count === 1 ? `a single ${what}` : `${count} images: no scan`,
      });
      continue;
    }
    const beside = bySeries(slices.filter(({ file }) => isBelow(file, folder)));
    scans.push({
      folder,
      series: numberOf(series, beside),
      uid: series.uid,
      number: series.number,
      part: series.part,
      slices: series.slices.length,
      patient: patient === "" ? null : patients.indexOf(patient),
      hounsfield: modality === "CT" && transform.stated,
    });
  }
  return scans.sort((a, b) =>
    a.folder < b.folder ? -1 : a.folder > b.folder ? 1 : (a.series ?? 0) - (b.series ?? 0)
  );
}

/**
 * Slices of each SeriesInstanceUID: together where its folders share it out, each folder for itself
 * where they hold copies, or scans that were given one identifier.
 */
function separate(slices: readonly Slice[]): (readonly Slice[])[] {
  return [...Map.groupBy(slices, ({ series }) => series).values()].flatMap((members) => {
    const folders = Map.groupBy(members, ({ file }) => commonFolder([file]));
    const places = new Map<string, string>();
    const twice = members.some(({ file, position }) => {
      const place = JSON.stringify(position);
      const folder = commonFolder([file]);
      const other = places.get(place) ?? folder;
      places.set(place, folder);
      return other !== folder;
    });
    return twice ? [...folders.values()] : [members];
  });
}

/** The number by which the reader of a folder must be told of a series; null where it need not. */
function numberOf(series: Series, beside: readonly Series[]): number | null {
  const isIt = (other: Series) => other.uid === series.uid && other.part === series.part;
  try {
    if (isIt(chooseSeries("", beside, undefined))) return null;
  } catch (error) {
    if (!isRefusal(error, "several-series")) throw error;
  }
  return beside.findIndex(isIt) + 1;
}

/** The deepest folder that holds all files, relative to the root. */
function commonFolder(files: readonly string[]): string {
  const paths = files.map((file) => file.split("/").slice(0, -1));
  const [first] = paths;
  let depth = first.length;
  for (const path of paths) {
    while (depth > 0 && path.slice(0, depth).join("/") !== first.slice(0, depth).join("/")) depth--;
  }
  return depth === 0 ? "." : first.slice(0, depth).join("/");
}

function isBelow(file: string, folder: string): boolean {
  return folder === "." || file.startsWith(`${folder}/`);
}

function maskOf(root: string, file: string, kind: SurveyedMask["kind"]): SurveyedMask {
  const loaded = loadDataSet(join(root, file), file, unhooked, startRoom());
  if ("kind" in loaded) return { file, kind, labels: [], refersTo: [] };
  const { attributes } = loaded;
  const labels = kind === "SEG"
    ? attributes.items("x00620002").map((item) => item.textIn("x00620005", attributes) ?? "")
    : structuresOf(file, attributes).map(({ name }) => name);
  return { file, kind, labels, refersTo: [...new Set(referencesOf(attributes))] };
}

/** The series that a SEG refers to (0008,1115), or an RTSTRUCT by frame of reference and study. */
function referencesOf(from: Attributes): string[] {
  const direct = from.items("x00081115").flatMap((item) => item.text("x0020000e") ?? []);
  const nested = from.items("x30060010").flatMap((frame) =>
    frame.items("x30060012").flatMap((study) =>
      study.items("x30060014").flatMap((series) => series.text("x0020000e") ?? [])
    )
  );
  return [...direct, ...nested];
}
