/**
 * The DICOM images of a folder or of a file.
 *
 * A folder is searched with all that lies below it, so that the folder of a patient or of a burned
 * disc works as well as that of a series, and nothing that lies at its top hides what lies below.
 *
 * @module
 */

import { basename, extname, join } from "node:path";
import { listFolder, type PhaseHook } from "../files.ts";
import { refusal } from "../refusal.ts";
import type { IngestNote } from "../volume.ts";
import { openDicom, startRoom } from "./open.ts";
import { bySeries, type Series } from "./series.ts";
import type { Slice } from "./slice.ts";

/** What a folder or a file holds. */
export interface FoundSeries {
  /** One or more. */
  readonly series: readonly Series[];
  /** What was left out. */
  readonly notes: readonly IngestNote[];
}

/** Folders within folders that are searched. */
const DEEPEST = 8;

/** Extensions that promise DICOM. */
const PROMISING = new Set([".dcm", ".dicom", ".ima"]);

/** The series in a folder. Throws an InputError if there is no image at all. */
export function seriesOfFolder(path: string, onPhase: PhaseHook): FoundSeries {
  const left: LeftOut = { foreign: [], other: [], notGrey: [] };
  const slices = searchFolder(path, "", 0, { left, onPhase, room: startRoom() });
  const notes = notesOf(left);
  if (slices.length === 0) throw nothingUsable(path, left);
  return { series: bySeries(slices), notes };
}

/** The series in a file: one. */
export function seriesOfFile(path: string, onPhase: PhaseHook): FoundSeries {
  const file = basename(path);
  const opened = openDicom(path, file, onPhase, startRoom());
  switch (opened.kind) {
    case "image":
      return { series: bySeries(opened.slices), notes: [] };
    case "other":
      throw refusal(
        "no-image",
        `${path} is DICOM but no image to read (${opened.what}).`,
        "Name the folder or a file of an image series.",
      );
    case "foreign":
      throw refusal(
        "unknown-format",
        opened.empty
          ? `${path} is empty.`
          : `${path} is neither DICOM nor NIfTI: its first bytes are of no format known here.`,
        "Name a DICOM folder or file, or a .nii or .nii.gz file.",
      );
  }
}

interface LeftOut {
  readonly foreign: string[];
  readonly other: { readonly file: string; readonly what: string }[];
  readonly notGrey: string[];
}

/** What a search takes along. */
interface Search {
  readonly left: LeftOut;
  readonly onPhase: PhaseHook;
  /** For the first bytes of each file. */
  readonly room: Uint8Array<ArrayBuffer>;
}

/** The slices below `path`, in the folder `below` it: files are named from `path` on. */
function searchFolder(path: string, below: string, depth: number, search: Search): Slice[] {
  const { files, folders } = search.onPhase("read", () => listFolder(join(path, below)));
  const slices = files.flatMap((file) => slicesOfFile(path, join(below, file), search));
  if (depth === DEEPEST) return slices;
  return slices.concat(
    ...folders.map((name) => searchFolder(path, join(below, name), depth + 1, search)),
  );
}

function slicesOfFile(
  folder: string,
  file: string,
  { left, onPhase, room }: Search,
): readonly Slice[] {
  const opened = openDicom(join(folder, file), file, onPhase, room);
  switch (opened.kind) {
    case "image": {
      // Colour captures beside a scan are no slices of it.
      if (opened.slices[0].defect?.details.rule !== "not-grey") return opened.slices;
      left.notGrey.push(file);
      return [];
    }
    case "other":
      left.other.push({ file, what: opened.what });
      return [];
    case "foreign":
      if (opened.empty && PROMISING.has(extname(file).toLowerCase())) {
        throw refusal(
          "truncated",
          `${file} is empty though its name promises DICOM.`,
          "Copy the file again, or remove it.",
        );
      }
      left.foreign.push(file);
      return [];
  }
}

function notesOf({ foreign, other, notGrey }: LeftOut): IngestNote[] {
  const notes: IngestNote[] = [];
  const promising = foreign.filter((file) => PROMISING.has(extname(file).toLowerCase()));
  if (foreign.length > 0) {
    notes.push({
      kind: promising.length > 0 ? "warning" : "ignored",
      rule: "not-dicom",
      message: `${count(foreign.length, "file")} not DICOM` +
        (promising.length > 0 ? `, ${promising.length} of them named as if they were` : ""),
      files: foreign,
    });
  }
  if (other.length > 0) {
    notes.push({
      kind: "ignored",
      rule: "not-an-image",
      message: `${count(other.length, "DICOM file")} without a scan (${kinds(other)})`,
      files: other.map(({ file }) => file),
    });
  }
  if (notGrey.length > 0) {
    notes.push({
      kind: "ignored",
      rule: "not-grey",
      message: `${count(notGrey.length, "image")} in colour`,
      files: notGrey,
    });
  }
  return notes;
}

function nothingUsable(path: string, { foreign, other, notGrey }: LeftOut): Error {
  const nifti = foreign.find((file) => /\.(nii|nii\.gz|hdr|hdr\.gz)$/i.test(file));
  const found = [
    foreign.length > 0 ? `${count(foreign.length, "file")} not DICOM` : "",
    other.length > 0 ? `${count(other.length, "DICOM file")} without a scan (${kinds(other)})` : "",
    notGrey.length > 0 ? `${count(notGrey.length, "image")} in colour` : "",
  ].filter((part) => part !== "").join(", ");
  return refusal(
    "nothing-usable",
    `${path} holds no DICOM image: ${found === "" ? "it has no files" : found}.`,
    nifti === undefined
      ? "Name the folder of an image series."
      : `For NIfTI name the file itself, such as ${join(path, nifti)}.`,
  );
}

function kinds(other: LeftOut["other"]): string {
  return [...new Set(other.map(({ what }) => what))].sort().join(", ");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
