/**
 * A manifest for a folder of scans, as a draft to be edited.
 *
 * @module
 */

import { join } from "node:path";
import { InputError, messageOf } from "../base/errors.ts";
import type { ManifestCase, ManifestInput, ManifestWindow, Split } from "./manifest.ts";

/** How scans and truths of a folder are told apart, and what all cases get. */
export interface FolderRules {
  /** End of the name of a scan before `.nii` or `.nii.gz`, such as `_ct` (default: none). */
  readonly imageSuffix?: string;
  /** End of the name of its truth, such as `_infection` (default: `_mask`). */
  readonly truthSuffix?: string;
  /** The part that all cases belong to (default: `test`). */
  readonly split?: Split;
  /** Window of all cases (default: the scans' own), which NIfTI files do not have. */
  readonly window?: ManifestWindow;
}

const NIFTI = /\.nii(\.gz)?$/i;

/**
 * Lists the scans of a folder: NIfTI files by their suffix, and subfolders without NIfTI files,
 * taken for DICOM series. What is left of a name without its suffix is the id, and pairs a scan
 * with its truth, which is a NIfTI file in the folder. Every case counts as a patient of its own:
 * who is whose scan, no name tells. Nothing is opened; `inspect` says whether a scan can be read.
 *
 * @returns A manifest with paths relative to the folder, in the order of the ids.
 * @throws {InputError} When the folder cannot be listed, holds no scan, or two scans of one name.
 */
export function manifestOfFolder(folder: string, rules: FolderRules = {}): ManifestInput {
  const { imageSuffix = "", truthSuffix = "_mask", split = "test", window } = rules;
  const truths = new Map<string, string>();
  const images = new Map<string, string>();
  const addTo = (files: Map<string, string>, id: string, name: string) => {
    const other = files.get(id);
    if (other !== undefined) {
      throw new InputError(`${folder}: ${other} and ${name} would both be of the case ${id}`, {
        advice: "move one of them, or name the suffixes of scans and truths",
      });
    }
    files.set(id, name);
  };
  for (const { name, isDirectory } of listed(folder)) {
    if (isDirectory) {
      if (looksLikeSeries(join(folder, name))) addTo(images, idOf(name), name);
      continue;
    }
    if (!NIFTI.test(name)) continue;
    const stem = name.replace(NIFTI, "");
    if (stem.endsWith(truthSuffix)) addTo(truths, idOf(without(stem, truthSuffix)), name);
    else if (stem.endsWith(imageSuffix)) addTo(images, idOf(without(stem, imageSuffix)), name);
  }
  if (images.size === 0) {
    throw new InputError(`${folder} holds no scan whose name ends in "${imageSuffix}.nii[.gz]"`, {
      advice: "name a folder of NIfTI files or of folders of DICOM files, and the scans' suffix",
    });
  }
  const cases = [...images].map(([id, image]): ManifestCase => {
    const truth = truths.get(id);
    return { id, patient: id, split, image, ...(truth === undefined ? {} : { truth }) };
  });
  return {
    schema: "stackbench/manifest",
    version: 1,
    name: "scans of a folder",
    ...(window === undefined ? {} : { window }),
    cases: cases.sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** The entries of a folder in an order that does not depend on the file system. */
function listed(folder: string): Deno.DirEntry[] {
  try {
    const entries = [...Deno.readDirSync(folder)].filter(({ name }) => !name.startsWith("."));
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new InputError(`${folder} could not be listed: ${messageOf(error)}`, { cause: error });
  }
}

/** Whether a folder has files, none of them NIfTI. */
function looksLikeSeries(folder: string): boolean {
  const files = listed(folder).filter(({ isFile }) => isFile);
  return files.length > 0 && !files.some(({ name }) => NIFTI.test(name));
}

function without(stem: string, suffix: string): string {
  return suffix === "" ? stem : stem.slice(0, -suffix.length);
}

/** A name as an id: every character that an id may not have becomes `_`. */
function idOf(name: string): string {
  const id = name.replace(/[^A-Za-z0-9._-]/g, "_").replace(/^[^A-Za-z0-9]+/, "").slice(0, 100);
  return id === "" ? "scan" : id;
}
