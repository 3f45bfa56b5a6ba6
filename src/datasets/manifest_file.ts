/**
 * Reading and writing manifests.
 *
 * @module
 */

import { basename, dirname, isAbsolute, join } from "node:path";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { lookAt } from "../base/is_there.ts";
import { parseJson, readText } from "../base/json_file.ts";
import {
  type Caveat,
  type Manifest,
  type ManifestCase,
  type ManifestInput,
  manifestSha256,
  type ManifestWindow,
  parseManifest,
  type Split,
} from "./manifest.ts";

/** A case with its paths resolved and its window decided. */
export interface LoadedCase {
  /** Place in the manifest, from 0. */
  readonly index: number;
  /** Its id; to be shown in results only where the manifest is public. */
  readonly id: string;
  /** Number of its patient, from 0, in the order of the manifest. */
  readonly patient: number;
  /** The part it belongs to. */
  readonly split: Split;
  /** Number of its site, from 0, in the order of the manifest; null where none is named. */
  readonly site: number | null;
  /** Its slices as the manifest says; null where it does not. */
  readonly slices?: number | null;
  /** Path of the scan, as this process can open it. */
  readonly image: string;
  /** Path of the truth, null where there is none. */
  readonly truth: string | null;
  /** How to read the scan. */
  readonly reading?: Pick<ManifestCase, "series" | "resample" | "form">;
  /** How to read the truth. */
  readonly truthReading?: Pick<ManifestCase, "labels" | "form" | "geometry" | "certainty">;
  /** Window of this case. */
  readonly window: ManifestWindow;
  /** What is wrong with this case. */
  readonly caveats: readonly Caveat[];
}

/** A manifest that was read, whose files are there. */
export interface LoadedManifest {
  /** What the file says. */
  readonly manifest: Manifest;
  /** SHA-256 of what it says. */
  readonly sha256: string;
  /** Its cases, in its order. */
  readonly cases: readonly LoadedCase[];
}

/**
 * Reads a manifest and checks that all its files are there.
 *
 * @param files `unchecked` for who will look at every file anyway, and tell of all that is wrong
 * @throws {InputError} When it cannot be read, breaks a rule, or names files that are missing
 * (each is named with its case).
 */
export function loadManifest(
  path: string,
  files: "checked" | "unchecked" = "checked",
): LoadedManifest {
  const manifest = parseManifest(readJson(path), path);
  const folder = dirname(path);
  const patients = [...new Set(manifest.cases.map(({ patient }) => patient))];
  const sites = [...new Set(manifest.cases.map(({ site }) => site))];
  const cases = manifest.cases.map((each, index) => ({
    index,
    id: each.id,
    patient: patients.indexOf(each.patient),
    split: each.split,
    site: each.site === undefined ? null : sites.indexOf(each.site),
    slices: each.slices ?? null,
    image: resolve(folder, each.image),
    truth: each.truth === undefined ? null : resolve(folder, each.truth),
    reading: { series: each.series, resample: each.resample, form: each.form },
    truthReading: {
      labels: each.labels ?? manifest.labels,
      form: each.form,
      geometry: each.geometry,
      certainty: each.certainty,
    },
    window: each.window ?? manifest.window,
    caveats: each.caveats ?? manifest.caveats ?? [],
  }));
  const missing = files === "checked" ? cases.flatMap(missingFiles) : [];
  if (missing.length > 0) {
    throw new InputError(`${basename(path)}: ${missing.join("; ")}`, {
      advice: "paths are relative to the folder of the manifest; absolute ones are taken as such",
      details: { missing },
    });
  }
  return { manifest, sha256: manifestSha256(manifest), cases };
}

/**
 * Checks a manifest and writes it, whole or not at all, into a folder that exists.
 *
 * @throws {InputError} When it breaks a rule or cannot be written.
 */
export function writeManifest(path: string, manifest: ManifestInput): void {
  const checked = parseManifest(manifest, basename(path));
  writeAtomically(path, [`${JSON.stringify(checked, null, 2)}\n`]);
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw new InputError(`the manifest ${path} could not be read: ${messageOf(error)}`, {
      cause: error,
      advice: "name a JSON file; stackbench data manifest DIR writes one for a folder of scans",
    });
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${messageOf(error)}`, {
      cause: error,
      advice:
        "mend it at that place; stackbench data manifest DIR writes one for a folder of scans",
    });
  }
}

function resolve(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** What is wrong with the files of a case, one sentence each. */
function missingFiles({ index, id, image, truth }: LoadedCase): string[] {
  const place = (key: string) => `$.cases[${index}].${key} (case "${id}")`;
  const problems: string[] = [];
  if (kindOf(image) === null) problems.push(`${place("image")}: there is no ${image}`);
  const kind = truth === null ? "file" : kindOf(truth);
  if (kind === null) problems.push(`${place("truth")}: there is no ${truth}`);
  else if (kind === "folder") problems.push(`${place("truth")}: ${truth} is a folder, not a file`);
  return problems;
}

/** What a path is; null where nothing is there. */
function kindOf(path: string): "file" | "folder" | null {
  const found = lookAt(path, Deno.statSync);
  return found && (found.isDirectory ? "folder" : "file");
}
