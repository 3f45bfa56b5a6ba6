/**
 * Scans as a network sees them, with their truths on its plane: made once, run many times.
 *
 * @module
 */

import { join } from "node:path";
import {
  casesOfFold,
  type FoldRequest,
  loadManifest,
  type PhantomCase,
  phantomGrid,
  type PhantomSetRequest,
  phantomSlices,
  planPhantoms,
  type Split,
} from "../src/datasets/mod.ts";
import { writeNifti } from "../src/imaging/nifti/write.ts";
import { loadTrainingScan } from "../src/training/scans.ts";

/** Rows and columns of both small models. */
const PLANE = [128, 128] as const;

/** A scan that a network can run on. */
export interface Scan {
  /** Number of its patient in its set, for intervals by patient. */
  readonly patient: number;
  /** Slices. */
  readonly slices: number;
  /** Grey values in [0, 1], order (z, y, x), on the plane of the network. */
  readonly image: Float32Array<ArrayBuffer>;
  /** 0 or 1, the same order and plane. */
  readonly truth: Uint8Array<ArrayBuffer>;
}

/** Phantoms of a split of a set; at most so many, the first visits only, where that is said. */
export function phantomScans(request: PhantomSetRequest, split: Split, most?: number): Scan[] {
  const all = planPhantoms(request).filter((one) => one.split === split);
  const chosen = most === undefined
    ? all
    : all.filter(({ id }) => id.endsWith("-1")).slice(0, most);
  return chosen.map((one) => phantomScan(one, Number(one.patient.slice(1))));
}

/** One phantom, through files as every scan. */
function phantomScan({ id, parameters, split }: PhantomCase, patient: number): Scan {
  const folder = Deno.makeTempDirSync();
  try {
    const { shape, affine } = phantomGrid(parameters);
    const [slices, rows, columns] = shape;
    const hu = new Int16Array(slices * rows * columns);
    const lesion = new Uint8Array(hu.length);
    for (const slice of phantomSlices(parameters)) {
      hu.set(slice.hu, slice.z * rows * columns);
      lesion.set(slice.lesion, slice.z * rows * columns);
    }
    const [image, truth] = ["image.nii", "truth.nii"].map((name) => join(folder, name));
    const grid = { shape: [columns, rows, slices], affine } as const;
    writeNifti(image, { ...grid, voxels: hu });
    writeNifti(truth, { ...grid, voxels: lesion });
    const manifest = join(folder, "manifest.json");
    Deno.writeTextFileSync(
      manifest,
      JSON.stringify({
        schema: "stackbench/manifest",
        version: 1,
        name: "one phantom",
        public: true,
        window: "lung",
        cases: [{ id, patient: id, split, image, truth }],
      }),
    );
    return { ...loadTrainingScan(loadManifest(manifest).cases[0], PLANE), patient };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Scans of patients by the split that a fold puts them in, each read once for all folds. */
export function foldScans(
  manifestPath: string,
  folds: FoldRequest,
): (fold: number) => Readonly<Record<Split, readonly Scan[]>> {
  // cases that are in no fold are not needed here
  const cases = loadManifest(manifestPath).cases.filter(({ split }) => split !== "test");
  const read = new Map(cases.map((one) => {
    const scan = loadTrainingScan(one, PLANE, "lungs");
    return [one.index, { ...scan, patient: one.patient }];
  }));
  return (fold) => {
    const own = casesOfFold(cases, folds, fold);
    const of = (wanted: Split) =>
      own.filter(({ split }) => split === wanted).map(({ index }) => read.get(index)!);
    return { train: of("train"), validation: of("validation"), test: of("test") };
  };
}
