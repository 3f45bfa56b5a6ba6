/**
 * Writes a set of phantoms into a folder, as NIfTI or DICOM, with a manifest.
 *
 * ```text
 * phantom.json            what the set is made from; a set of other parameters never mixes with it
 * images/p001-1.nii.gz    or a folder images/p001-1/ of DICOM slices
 * truth/p001-1.nii.gz     lesions
 * lungs/p001-1.nii.gz     lungs
 * manifest.json           written last: where it is, the set is complete
 * ```
 *
 * @module
 */

import { dirname, join } from "node:path";
import { isPartialOf, writeAtomically } from "../base/atomic.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { isThere } from "../base/is_there.ts";
import { readJsonFile } from "../base/json_file.ts";
import { canonicalJson } from "../base/hashing.ts";
import { throwIfInterrupted } from "../base/interruption.ts";
import type { StoredVoxels } from "../imaging/volume.ts";
import { writeNifti } from "../imaging/nifti/write.ts";
import { DEFAULT_WINDOW, LUNG_PRESET } from "../imaging/windowing.ts";
import { dicomSliceEncoder } from "./dicom_slice.ts";
import type { ManifestInput } from "./manifest.ts";
import { type LoadedCase, writeManifest } from "./manifest_file.ts";
import { type PhantomCase, type PhantomSetRequest, planPhantoms } from "./phantom_plan.ts";
import { type PhantomGrid, phantomGrid, phantomSlices } from "./phantom/mod.ts";

/** How the scans are stored. */
export type PhantomFormat = "nifti" | "dicom";

/** What may be said about writing a set. */
export interface WritePhantomOptions {
  /** How the scans are stored (default: `nifti`). */
  readonly format?: PhantomFormat;
  /** Called after each scan: how many of how many are there, and whether it was there before. */
  readonly onCase?: (done: number, total: number, id: string, reused: boolean) => void;
  /** Stops the work between two scans; what was written is kept. */
  readonly signal?: AbortSignal;
}

/** Version of how phantoms are made: a new one where the same parameters give other bytes. */
export const PHANTOM_VERSION = 6;

/**
 * Writes a set of phantoms, scan by scan, each whole or not at all. Called again on the same folder
 * with the same request it makes only what is missing.
 *
 * @param folder A folder that is new, empty, or holds the same set.
 * @returns The path of the manifest.
 * @throws {InputError} When the folder holds anything else, or cannot be written.
 */
export async function writePhantoms(
  folder: string,
  request: PhantomSetRequest,
  options: WritePhantomOptions = {},
): Promise<string> {
  const { format = "nifti", onCase, signal } = options;
  const cases = planPhantoms(request);
  claim(folder, { format, cases });
  for (const [index, each] of cases.entries()) {
    if (signal) await throwIfInterrupted(signal);
    const truth = join(folder, truthPath(each));
    const reused = isThere(truth) && isThere(join(folder, imagePath(each, format)));
    if (!reused) await writeCase(folder, each, format);
    onCase?.(index + 1, cases.length, each.id, reused);
  }
  const path = join(folder, "manifest.json");
  writeManifest(path, manifestOf(request, cases, format));
  return path;
}

/** The mask of the lungs of a scan that `writePhantoms` made; null for any other scan. */
export function phantomLungs({ id, image }: Pick<LoadedCase, "id" | "image">): string | null {
  const folder = dirname(dirname(image));
  const lungs = join(folder, "lungs", `${id}.nii.gz`);
  return isThere(join(folder, MARKER)) && isThere(lungs) ? lungs : null;
}

function manifestOf(
  { seed }: PhantomSetRequest,
  cases: readonly PhantomCase[],
  format: PhantomFormat,
): ManifestInput {
  return {
    schema: "stackbench/manifest",
    version: 1,
    name: `phantom, seed ${seed}, ${cases.length} scans`,
    public: true,
    window: format === "dicom" ? DEFAULT_WINDOW : LUNG_PRESET,
    cases: cases.map((each) => ({
      id: each.id,
      patient: each.patient,
      split: each.split,
      image: imagePath(each, format),
      truth: truthPath(each),
    })),
  };
}

const imagePath = ({ id }: PhantomCase, format: PhantomFormat) =>
  format === "dicom" ? `images/${id}` : `images/${id}.nii.gz`;
const truthPath = ({ id }: PhantomCase) => `truth/${id}.nii.gz`;

/** The file that says whose the folder is. */
const MARKER = "phantom.json";

/** Makes the folder the set's own, or refuses it. */
function claim(folder: string, content: object): void {
  const marker = join(folder, MARKER);
  const ours = canonicalJson({
    schema: "stackbench/phantom",
    version: PHANTOM_VERSION,
    ...content,
  });
  try {
    Deno.mkdirSync(folder, { recursive: true });
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    // stopped before it was claimed, a folder holds half a marker at most
    if (names.some((name) => !isPartialOf(name, MARKER))) {
      const other = isThere(marker) ? readJsonFile(marker) : null;
      if (canonicalJson(other) !== ours) {
        throw new InputError(
          other === null
            ? `${folder} is not empty and holds no phantom`
            : `${folder} holds a phantom of other parameters (phantom.json tells which)`,
          { advice: "name a new folder, or remove this one" },
        );
      }
    }
    // first: a folder without it, and with anything else, is somebody's
    if (!isThere(marker)) {
      writeAtomically(marker, [`${JSON.stringify(JSON.parse(ours), null, 2)}\n`]);
    }
    for (const name of ["images", "truth", "lungs"]) {
      Deno.mkdirSync(join(folder, name), { recursive: true });
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${folder} cannot hold a phantom: ${messageOf(error)}`, {
      cause: error,
      advice: "name a folder that may be made and written",
    });
  }
}

/** Writes one scan: lungs, then the image, and the truth last, which says that all is there. */
async function writeCase(folder: string, each: PhantomCase, format: PhantomFormat): Promise<void> {
  const grid = phantomGrid(each.parameters);
  const [slices, rows, columns] = grid.shape;
  const plane = rows * columns;
  const lesion = new Uint8Array(slices * plane);
  const lung = new Uint8Array(slices * plane);
  const image = join(folder, imagePath(each, format));
  const hu = format === "nifti" ? new Int16Array(slices * plane) : null;
  const series = format === "dicom" ? await seriesWriter(image, each, grid) : null;
  for (const slice of phantomSlices(each.parameters)) {
    lesion.set(slice.lesion, slice.z * plane);
    lung.set(slice.lung, slice.z * plane);
    hu?.set(slice.hu, slice.z * plane);
    series?.add(slice);
  }
  writeVolume(join(folder, "lungs", `${each.id}.nii.gz`), grid, lung);
  if (hu !== null) writeVolume(image, grid, hu);
  series?.finish();
  writeVolume(join(folder, truthPath(each)), grid, lesion);
}

/** Writes slices into a folder that gets its name when all are there. */
async function seriesWriter(path: string, each: PhantomCase, grid: PhantomGrid) {
  const partial = `${path}.tmp`;
  for (const old of [partial, path]) {
    if (isThere(old)) Deno.removeSync(old, { recursive: true });
  }
  Deno.mkdirSync(partial);
  const encode = await dicomSliceEncoder(each, grid);
  const digits = String(grid.shape[0]).length;
  return {
    add(slice: Parameters<typeof encode>[0]): void {
      // Named by InstanceNumber, which counts from the head down.
      const number = String(grid.shape[0] - slice.z).padStart(digits, "0");
      Deno.writeFileSync(join(partial, `CT${number}.dcm`), encode(slice));
    },
    finish: () => Deno.renameSync(partial, path),
  };
}

function writeVolume(path: string, { shape, affine }: PhantomGrid, voxels: StoredVoxels): void {
  writeNifti(path, { voxels, shape: [shape[2], shape[1], shape[0]], affine });
}
