/**
 * A manifest for a folder of scans, as hospitals, archives and challenges lay them out.
 *
 * Understood are flat folders and nested ones, sibling folders of scans and masks, DICOM trees, the
 * folders of nnU-Net and of the Medical Segmentation Decathlon, and those of TotalSegmentator. Scans
 * and truths are paired by exact names or, in DICOM, by what refers to what; whatever is left out is
 * told with its reason.
 *
 * @module
 */

import { join } from "node:path";
import { InputError, messageOf } from "../base/errors.ts";
import { readText } from "../base/json_file.ts";
import { surveyDicom, type SurveyedMask, type SurveyedScan } from "../imaging/dicom/survey.ts";
import type { Label } from "../imaging/masks/labels.ts";
import { niftiValues, type ValueKind } from "../imaging/nifti/value_kind.ts";
import { LUNG_PRESET } from "../imaging/windowing.ts";
import { datasetLabels, isLesionName } from "./discovery/dataset_json.ts";
import { filesBelow } from "./discovery/files.ts";
import {
  distinctIds,
  isVoxelFile,
  type NamedFile,
  namedFile,
  withChannels,
} from "./discovery/names.ts";
import { isSecondHalf, pair, type Scan } from "./discovery/pairing.ts";
import type { ManifestCase, ManifestInput, ManifestWindow, Split } from "./manifest.ts";

/** How scans and truths of a folder are told apart, and what all cases get. */
export interface FolderRules {
  /** End of the name of a scan before its extension, such as `_ct` (default: none). */
  readonly imageSuffix?: string;
  /** End of the name of its truth, such as `_infection` (default: the usual ones, as `_mask`). */
  readonly truthSuffix?: string;
  /** Name of the truth where a scan has a folder of masks, one a structure (TotalSegmentator). */
  readonly truth?: string;
  /** The part that all cases belong to (default: what their folders say, else `test`). */
  readonly split?: Split;
  /** Window of all cases (default: what the values of each suggest). */
  readonly window?: ManifestWindow;
  /** Labels of truths that count (default: those that `dataset.json` calls lesions). */
  readonly labels?: readonly Label[];
}

/** A manifest with what is not in it. */
export interface FolderDraft {
  /** Paths are relative to the folder; cases in the order of their paths. */
  readonly manifest: ManifestInput;
  /** Files and folders that were left out, and why. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
  /** What should be known of the cases. */
  readonly notes: readonly string[];
}

/** What cannot be a scan or a mask by its extension. */
const NO_IMAGE =
  /\.(json|txt|md|csv|tsv|xml|pdf|png|jpe?g|gif|bmp|xlsx?|docx?|py|m|zip|gz|tar|log|html?)$/i;

/** A scan on its way into a manifest. */
interface Found extends Scan {
  readonly values: ValueKind | "metadata";
  readonly series: number | null;
  readonly uid: string;
  readonly patient: string;
}

/**
 * Drafts the manifest of a folder. Headers are read, and of NIfTI files as many values as tell what
 * they are; whether all of a scan can be read, a run looks at before it starts.
 *
 * @throws {InputError} When the folder cannot be listed or holds no scan.
 */
export function draftOfFolder(folder: string, rules: FolderRules = {}): FolderDraft {
  const files = filesBelow(folder);
  const left: { path: string; why: string }[] = [];
  const all = new Set(files);
  const rest = files.filter((file) => !isVoxelFile(file) && !isSecondHalf(file, all));
  const survey = surveyDicom(folder, rest.filter((file) => !NO_IMAGE.test(file)));
  left.push(...survey.left);
  const { scans: voxelScans, masks } = voxelFiles(folder, files, rules, left);
  const found = [...voxelScans, ...survey.scans.map(dicomScan)];
  if (found.length === 0) {
    const listed = left.slice(0, 5).map(({ path, why }) => `${path}: ${why}`).join("; ");
    throw new InputError(`${folder} holds no scan${listed === "" ? "" : ` (${listed})`}`, {
      advice: "name a folder with NIfTI files or DICOM series in it or below",
    });
  }
  const paired = pair(found, masks, rules.truth);
  left.push(...paired.left);
  const notes: string[] = [];
  const referred = pairByReference(survey.scans, survey.masks, left, notes);
  const truths = new Map([...paired.truths, ...referred.truths]);
  for (const scan of referred.truths.keys()) {
    const twice = paired.truths.get(scan);
    if (twice !== undefined) left.push({ path: twice, why: "a DICOM truth refers to its scan" });
  }
  const drafted = { found, truths, truthLabels: referred.labels, left, notes };
  return assemble(folder, drafted, files, rules);
}

/** As `draftOfFolder`, the manifest alone. */
export function manifestOfFolder(folder: string, rules: FolderRules = {}): ManifestInput {
  return draftOfFolder(folder, rules).manifest;
}

/** The NIfTI, NRRD and MetaImage files: scans and masks. */
function voxelFiles(
  folder: string,
  files: readonly string[],
  rules: FolderRules,
  left: { path: string; why: string }[],
): { readonly scans: Found[]; readonly masks: NamedFile[] } {
  const suffixes = { image: rules.imageSuffix, truth: rules.truthSuffix };
  const named = files.filter(isVoxelFile).map((path) => namedFile(path, suffixes));
  const masks = named.filter(({ mask }) => mask);
  const scans: Found[] = [];
  const byName = Map.groupBy(
    withChannels(named.filter(({ mask }) => !mask), masks),
    ({ path, name }) => `${path.split("/").slice(0, -1).join("/")}/${name}`,
  );
  for (const same of byName.values()) {
    const [file] = same;
    const others = same.map(({ path }) => path);
    const why = same.length > 1
      ? `${others.join(" and ")} have one name: which is meant cannot be told`
      : whyNoScan(file, rules);
    const values = why === null ? valuesOf(folder, file.path) : why;
    if (isKind(values)) scans.push({ ...file, values, series: null, uid: "", patient: "" });
    else for (const path of others) left.push({ path, why: values });
  }
  return { scans, masks };
}

/** Why a file is no scan by its name, null if it may be one. */
function whyNoScan(file: NamedFile, { imageSuffix = "" }: FolderRules): string | null {
  if (imageSuffix !== "" && !file.name.endsWith(imageSuffix.normalize("NFC"))) {
    return `its name does not end in ${imageSuffix}`;
  }
  if (file.channel) return `channel ${file.channel} of a scan: one channel is read, the first`;
  return /\.(nii|hdr)(\.gz)?$/i.test(file.path)
    ? null
    : "no mask by its name, and scans are read from NIfTI and DICOM only";
}

const KINDS: readonly string[] = ["hounsfield", "windowed", "unknown"] satisfies ValueKind[];

function isKind(text: string): text is ValueKind {
  return KINDS.includes(text);
}

/** What the values of a scan are, or why it is none. */
function valuesOf(folder: string, path: string): string {
  try {
    const kind = niftiValues(join(folder, path));
    return kind === "labels" ? "it holds labels only, and its name is not that of a mask" : kind;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return messageOf(error);
  }
}

/** A DICOM scan as one that masks are sought for: its folder is its name. */
function dicomScan({ folder, series, uid, patient, hounsfield }: SurveyedScan): Found {
  const named = namedFile(folder === "." ? "scan" : `${folder}/scan`);
  return {
    path: series === null ? folder : `${folder}#${series}`,
    place: named.place,
    stem: "",
    name: "",
    part: named.part,
    values: hounsfield ? "hounsfield" : "metadata",
    series,
    uid,
    patient: patient === null ? "" : `dicom ${patient}`,
  };
}

/**
 * Masks of DICOM by the series that they refer to; one whose series is not here, as when identifiers
 * were replaced, by its folder, where that holds one scan. That it lies on the scan is looked at when
 * it is read.
 */
function pairByReference(
  scans: readonly SurveyedScan[],
  masks: readonly SurveyedMask[],
  left: { path: string; why: string }[],
  notes: string[],
): { readonly truths: Map<string, string>; readonly labels: Map<string, readonly string[]> } {
  const truths = new Map<string, string>();
  const labels = new Map<string, readonly string[]>();
  const empty = masks.filter((mask) => mask.labels.length === 0);
  left.push(...empty.map(({ file, kind }) => ({ path: file, why: `${kind} without a structure` })));
  const full = masks.filter((mask) => !empty.includes(mask)).map((mask) => ({
    mask,
    referred: scans.filter(({ uid }) => uid !== "" && mask.refersTo.includes(uid)),
    beside: scansBeside(scans, mask.file),
  }));
  // those that refer to a scan first: they know
  for (const { mask, referred, beside } of full.toSorted((a, b) => rank(a) - rank(b))) {
    const { file, kind } = mask;
    // copies of a scan, and scans that were given one identifier, are told apart by their place
    const near = referred.filter((scan) => beside.includes(scan));
    const known = referred.length > 1 && near.length === 1 ? near : referred;
    const own = referred.length === 0 && beside.length === 1 ? beside : known;
    if (own.length !== 1) {
      const why = own.length === 0
        ? "a scan that is not here"
        : `a series with ${own.length} scans`;
      left.push({ path: file, why: `${kind} of ${why}` });
      continue;
    }
    const { path } = dicomScan(own[0]);
    if (truths.has(path)) {
      left.push({ path: file, why: `${kind} of a scan that has a truth already` });
      continue;
    }
    if (own === beside) {
      notes.push(`${file}: refers to no series here; the scan beside it is taken`);
    }
    truths.set(path, file);
    labels.set(path, mask.labels);
  }
  return { truths, labels };
}

function rank({ referred }: { readonly referred: readonly SurveyedScan[] }): number {
  return referred.length > 0 ? 0 : 1;
}

/** The scans in the folder of a file and below, else those below the folder that it lies in. */
function scansBeside(scans: readonly SurveyedScan[], file: string): readonly SurveyedScan[] {
  const folders = file.split("/").slice(0, -1);
  const below = (own: string) =>
    scans.filter(({ folder }) => own === "" || folder === own || folder.startsWith(`${own}/`));
  const here = below(folders.join("/"));
  // a series of its own in a study of a tree
  return here.length > 0 || folders.length < 2 ? here : below(folders.slice(0, -1).join("/"));
}

/** The window that values suggest; null for one that nothing tells. */
const WINDOWS = {
  hounsfield: LUNG_PRESET,
  windowed: "none",
  metadata: "metadata",
  unknown: "metadata",
  labels: "metadata",
} as const satisfies Record<Found["values"], ManifestWindow>;

/** What was found, before it is a manifest. */
interface Drafted {
  readonly found: readonly Found[];
  readonly truths: ReadonlyMap<string, string>;
  readonly truthLabels: ReadonlyMap<string, readonly string[]>;
  readonly left: FolderDraft["left"];
  readonly notes: string[];
}

function assemble(
  folder: string,
  { found, truths, truthLabels, left, notes }: Drafted,
  files: readonly string[],
  rules: FolderRules,
): FolderDraft {
  const sorted = found.toSorted((a, b) => a.path < b.path ? -1 : 1);
  const ids = distinctIds(sorted.map(idOf));
  const described = rules.labels === undefined ? describedLabels(folder, files) : null;
  const labels = rules.labels ?? (described?.lesions.length ? described.lesions : undefined);
  if (described !== null) notes.push(labelNote(described));
  const usual = rules.window ?? mostFrequent(sorted.map(({ values }) => WINDOWS[values]));
  const patients = new Map<string, string>();
  const patientOf = patientsOf(sorted);
  const cases = sorted.map((scan, at): ManifestCase => {
    const truth = truths.get(scan.path);
    const names = truthLabels.get(scan.path);
    const window = rules.window ?? WINDOWS[scan.values];
    const who = patientOf(scan);
    if (!patients.has(who)) patients.set(who, ids[at]);
    if (scan.values === "unknown") {
      notes.push(`${scan.path}: its values are neither HU nor windowed: name a window for it`);
    }
    const lesions = (names?.length ?? 0) > 1 ? names!.filter(isLesionName) : [];
    if ((names?.length ?? 0) > 1) notes.push(namesNote(truth!, names!, lesions));
    return {
      id: ids[at],
      patient: patients.get(who)!,
      split: rules.split ?? (scan.part === "Tr" ? "train" : "test"),
      image: scan.path.replace(/#\d+$/, ""),
      ...(scan.series === null ? {} : { series: scan.series }),
      ...(truth === undefined ? {} : { truth }),
      ...(lesions.length > 0 && rules.labels === undefined ? { labels: lesions } : {}),
      ...(window === usual ? {} : { window }),
    };
  });
  const dicom = new Set(sorted.map(({ patient }) => patient).filter((patient) => patient !== ""));
  if (dicom.size === 1 && sorted.length > MOST_OF_ONE) {
    notes.push('all DICOM scans have one PatientID: edit "patient" where they are of several');
  }
  return {
    manifest: {
      schema: "stackbench/manifest",
      version: 1,
      name: "scans of a folder",
      window: usual,
      ...(labels === undefined ? {} : { labels }),
      cases,
    },
    left,
    notes,
  };
}

/** What a scan is called: its place and name, without what only says that it is a scan. */
function idOf({ place, stem, name, series }: Found): string {
  const base = [...place.split("/"), stem].filter((part) => part !== "").join("-");
  const own = base === "" ? name || "scan" : base;
  return series === null ? own : `${own}-s${series}`;
}

/** As many scans one patient may have; a folder of more is one of many patients. */
const MOST_OF_ONE = 8;

/**
 * Who was scanned: the DICOM patient, else whom the first folder names where there are several such
 * folders of some scans each, else nobody else.
 */
function patientsOf(found: readonly Found[]): (scan: Found) => string {
  const folders = Map.groupBy(found, ({ place }) => place.split("/")[0]);
  return ({ patient, place, path }) => {
    if (patient !== "") return patient;
    const [first] = place.split("/");
    const one = first !== "" && folders.size > 1 && folders.get(first)!.length <= MOST_OF_ONE;
    return one ? `folder ${first}` : `file ${path}`;
  };
}

function namesNote(truth: string, names: readonly string[], lesions: readonly string[]): string {
  const list = names.join(", ");
  return lesions.length > 0
    ? `${truth} has ${list}; ${lesions.join(", ")} counts as lesion`
    : `${truth} has ${list}: name those that count ("labels" of its case)`;
}

function mostFrequent<T>(values: readonly T[]): T {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0][0];
}

/** The labels of the `dataset.json` at the top, null where there is none. */
function describedLabels(folder: string, files: readonly string[]) {
  if (!files.includes("dataset.json")) return null;
  return datasetLabels(readText(join(folder, "dataset.json")));
}

function labelNote({ names, lesions }: NonNullable<ReturnType<typeof datasetLabels>>): string {
  const list = [...names].map(([value, name]) => `${value} ${name}`).join(", ");
  if (lesions.length > 0) {
    return `dataset.json names ${list}; ${lesions.join(", ")} count as lesion`;
  }
  return `dataset.json names ${list}; all count as foreground: name those that should (--labels)`;
}
