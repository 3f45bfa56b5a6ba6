/**
 * Manifests: which scans and truths a data set consists of, as JSON.
 *
 * ```json
 * {
 *   "schema": "stackbench/manifest",
 *   "version": 1,
 *   "name": "two scans",
 *   "public": false,
 *   "window": "lung",
 *   "cases": [
 *     { "id": "a", "patient": "1", "split": "train", "image": "a.nii.gz", "truth": "a_mask.nii.gz" },
 *     { "id": "b", "patient": "2", "split": "test", "image": "../scans/b", "window": "metadata" }
 *   ]
 * }
 * ```
 *
 * Paths are relative to the manifest's folder. They may be absolute or lead out of it (`..`):
 * scans mostly lie elsewhere, and a manifest is written by whom it may read for. An `image` is a
 * NIfTI file or a folder with a DICOM series; a `truth` is NIfTI, NRRD, MetaImage, a DICOM SEG or an
 * RTSTRUCT.
 *
 * @module
 */

import * as z from "zod";
import { canonicalJson, sha256 } from "../base/hashing.ts";
import { InputError } from "../base/errors.ts";
import type { Label } from "../imaging/masks/labels.ts";
import type { NiftiForm, Window } from "../imaging/volume.ts";
import {
  DEFAULT_WINDOW,
  isLegalWindow,
  WINDOW_NAMES,
  type WindowName,
} from "../imaging/windowing.ts";

/** The parts of a data set; a patient is in one of them only. */
export const SPLITS = ["train", "validation", "test"] as const;

/** Name of a part of a data set. */
export type Split = typeof SPLITS[number];

/** What may be wrong with a scan though it can be read, so that some measures mean nothing. */
export const CAVEATS = ["unknown-spacing", "gaps", "positive-slices-only"] as const;

/**
 * What is wrong with a scan: the spacing of its file is not the true one; slices are missing in
 * between; slices without lesion were left out.
 */
export type Caveat = typeof CAVEATS[number];

/**
 * The window of a scan: its metadata's (the first, or one by its number from 1 or its name), none
 * (windowed already), a preset, or numbers.
 */
export type ManifestWindow = WindowName | { readonly metadata: number | string } | Window;

/** One scan of a manifest. */
export interface ManifestCase {
  /** Unique name: letters, digits, `.`, `_`, `-`, at most 100. */
  readonly id: string;
  /** The scan: a NIfTI file or a folder with a DICOM series. */
  readonly image: string;
  /** Which series of a folder with several scans: its number in the list, or its UID. */
  readonly series?: number | string;
  /** Whether slices that lie unevenly or lean are interpolated to an even, untilted grid. */
  readonly resample?: boolean;
  /** Where sform and qform of a NIfTI file disagree, the one to use. */
  readonly form?: NiftiForm;
  /** The mask of its lesions, on the grid of the image. */
  readonly truth?: string;
  /** Labels of the truth that count, numbers or names; those of the manifest where left out. */
  readonly labels?: readonly Label[];
  /** `scan`: the truth's header is wrong, its voxels correspond to those of the image. */
  readonly geometry?: "file" | "scan";
  /** Share of certainty from which on a pixel of a fractional SEG counts (default: 0.5). */
  readonly certainty?: number;
  /** Window of this scan; that of the manifest where left out. */
  readonly window?: ManifestWindow;
  /** What is wrong with this scan; what the manifest says of all where left out. */
  readonly caveats?: readonly Caveat[];
  /** The part it belongs to. */
  readonly split: Split;
  /** Where it comes from (a hospital, a source): folds of a cross-validation get each site's share. */
  readonly site?: string;
  /** Its slices, so that work can be shared out without a look at its file; counted unless said. */
  readonly slices?: number;
  /** Who was scanned; scans of one patient share a split and are resampled together. */
  readonly patient: string;
}

/** A data set. */
export interface Manifest {
  /** What kind of file this is. */
  readonly schema: "stackbench/manifest";
  /** Version of the format. */
  readonly version: 1;
  /** What the data set is called. */
  readonly name: string;
  /** Whether results may name the cases by their ids (default: false). */
  readonly public: boolean;
  /** Window of the cases that name none (default: `metadata`). */
  readonly window: ManifestWindow;
  /** What is wrong with the cases that say nothing of it (default: nothing). */
  readonly caveats?: readonly Caveat[];
  /** Labels of truths that count, for cases that name none (default: every label but 0). */
  readonly labels?: readonly Label[];
  /** The scans, at least one. */
  readonly cases: readonly ManifestCase[];
}

/** A manifest as it may be written: what has a default may be left out. */
export type ManifestInput =
  & Omit<Manifest, "public" | "window">
  & Partial<Pick<Manifest, "public" | "window">>;

/** Checks a window of a manifest. */
export const windowSchema: z.ZodType<ManifestWindow> = z.union([
  z.enum(WINDOW_NAMES),
  z.strictObject({ metadata: z.union([z.int().min(1), z.string().min(1)]) }),
  z.strictObject({
    center: z.number(),
    width: z.number(),
    function: z.enum(["LINEAR", "LINEAR_EXACT", "SIGMOID"]).default("LINEAR"),
  }).refine(isLegalWindow, "the width must be at least 1 (LINEAR) or above 0"),
], {
  error: (issue) =>
    typeof issue.input === "object" && issue.input !== null
      ? "a window in numbers is {center, width, function?}, one of the file's {metadata: N or name}"
      : `a window is ${WINDOW_NAMES.join(", ")}, {metadata: N or name}, or ` +
        "{center, width, function?}",
});

const caveatsSchema = z.array(z.enum(CAVEATS)).optional();

const labelsSchema = z.array(z.union([z.int().min(0), z.string().min(1)])).min(1).optional();

const caseSchema = z.strictObject({
  id: z.string().max(100).regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    "an id is letters, digits, '.', '_' and '-', and begins with a letter or digit",
  ),
  image: z.string().min(1),
  series: z.union([z.int().min(1), z.string().min(1)]).optional(),
  resample: z.boolean().optional(),
  form: z.enum(["sform", "qform"]).optional(),
  truth: z.string().min(1).optional(),
  labels: labelsSchema,
  geometry: z.enum(["file", "scan"]).optional(),
  certainty: z.number().gt(0).max(1).optional(),
  window: windowSchema.optional(),
  caveats: caveatsSchema,
  split: z.enum(SPLITS),
  site: z.string().min(1).optional(),
  slices: z.int().min(1).optional(),
  patient: z.string().min(1),
});

const manifestSchema = z.strictObject({
  schema: z.literal("stackbench/manifest"),
  version: z.literal(1, "this program reads version 1"),
  name: z.string().min(1),
  public: z.boolean().default(false),
  window: windowSchema.default(DEFAULT_WINDOW),
  caveats: caveatsSchema,
  labels: labelsSchema,
  cases: z.array(caseSchema).min(1, "a manifest without cases is no data set"),
}) satisfies z.ZodType<Manifest>;

/** Problems that one error lists; the rest is counted. */
const LISTED = 8;

/**
 * Checks a manifest and fills in its defaults.
 *
 * @param value The parsed JSON.
 * @param where What to call it in errors: the file's name.
 * @throws {InputError} That names every place that breaks a rule, as a JSON path.
 *
 * @example
 * ```ts
 * import { parseManifest } from "./manifest.ts";
 * import assert from "node:assert/strict";
 * const manifest = parseManifest({
 *   schema: "stackbench/manifest",
 *   version: 1,
 *   name: "one",
 *   cases: [{ id: "a", patient: "1", split: "test", image: "a.nii" }],
 * }, "one.json");
 * assert.equal(manifest.window, "metadata");
 * ```
 */
export function parseManifest(value: unknown, where: string): Manifest {
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    throw broken(where, parsed.error.issues.map(({ path, message }) => `${at(path)}: ${message}`));
  }
  const problems = contradictions(parsed.data.cases);
  if (problems.length > 0) throw broken(where, problems);
  return parsed.data;
}

/** SHA-256 of what a manifest says, defaults filled in, however it is laid out. */
export function manifestSha256(manifest: Manifest): string {
  return sha256(canonicalJson(manifest));
}

/** What no rule about a single value can see. */
function contradictions(cases: readonly ManifestCase[]): string[] {
  const problems: string[] = [];
  const ids = new Map<string, number>();
  const patients = new Map<string, { readonly split: Split; readonly index: number }>();
  cases.forEach(({ id, patient, split }, index) => {
    const twin = ids.get(id);
    if (twin !== undefined) {
      problems.push(`$.cases[${index}].id: "${id}" is also the id of $.cases[${twin}]`);
    } else ids.set(id, index);
    const other = patients.get(patient);
    if (other === undefined) patients.set(patient, { split, index });
    else if (other.split !== split) {
      problems.push(
        `$.cases[${index}].split: patient "${patient}" is in ${split} here and in ` +
          `${other.split} at $.cases[${other.index}]; a patient belongs to one split`,
      );
    }
  });
  return problems;
}

function broken(where: string, problems: readonly string[]): InputError {
  const more = problems.length > LISTED ? `; and ${problems.length - LISTED} more` : "";
  return new InputError(
    `${where} is not a manifest: ${problems.slice(0, LISTED).join("; ")}${more}`,
    {
      advice: "src/datasets/manifest.ts shows one; stackbench data manifest DIR writes one",
      details: { problems },
    },
  );
}

/** A place in a JSON document, such as `$.cases[2].split`. */
function at(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => text + (typeof key === "number" ? `[${key}]` : `.${String(key)}`),
    "$",
  );
}
