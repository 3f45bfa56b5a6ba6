/**
 * What is fuzzed: every reader of files that may come from strangers, with files that it reads.
 *
 * @module
 */

import { basename, join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { parseJson } from "../../src/base/json_file.ts";
import { parseSuite } from "../../src/bench/suite.ts";
import { datasetLabels } from "../../src/datasets/discovery/dataset_json.ts";
import { parseManifest } from "../../src/datasets/manifest.ts";
import { inspectScan, readMask, readScan, readTruth } from "../../src/imaging/mod.ts";
import { elfProblem } from "../../src/platform/shared_object.ts";
import { entryOfWheel } from "../../src/platform/wheel.ts";
import { formatRunResult, readRunResult } from "../../src/results/mod.ts";
import { sampleRunResult } from "../../src/results/sample.ts";
import { readSafetensors, writeSafetensors } from "../../src/tensor/mod.ts";
import { readTrainingFile } from "../../src/training/settings.ts";
import { ownTargets } from "./own_targets.ts";
import type { Target } from "./target.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const FIXTURES = join(ROOT, "fixtures", "imaging");

/** The scan that contours and segments are laid on. */
const SCAN = join(FIXTURES, "dicom", "plain");

/** Bytes of the largest file that is taken: what is slow to read is read less often. */
const LARGEST = 600_000;

/** Regular files below folders, sorted, without those that are large. */
export function filesBelow(...folders: readonly string[]): string[] {
  return folders.flatMap((folder): string[] => {
    let entries: Deno.DirEntry[];
    try {
      entries = [...Deno.readDirSync(folder)];
    } catch {
      return [];
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory) return filesBelow(path);
      return entry.isFile && Deno.statSync(path).size <= LARGEST ? [path] : [];
    });
  });
}

/** Files of scans and masks, the fixtures' and those below folders, and what kind they are. */
export function scanFiles(...more: readonly string[]): {
  readonly scans: readonly string[];
  readonly plain: readonly string[];
  readonly packed: readonly string[];
  readonly nifti: readonly string[];
} {
  const scans = filesBelow(FIXTURES, ...more)
    .filter((path) => !/\.(py|json|tsv|md|txt|raw)$/.test(path));
  const isNifti = (path: string) => /\.(nii|hdr|img)(\.gz)?$/.test(path);
  const isLabelMap = (path: string) => /\.(nrrd|nhdr|mha|mhd)$/.test(path);
  const isCompressed = (path: string) =>
    /\/(compressed|codecs)\//.test(path) || /rle|jpe?g|j2k|jpll/i.test(basename(path));
  const dicom = scans.filter((path) => !isNifti(path) && !isLabelMap(path));
  return {
    scans,
    plain: dicom.filter((path) => !isCompressed(path)),
    packed: dicom.filter(isCompressed),
    nifti: scans.filter(isNifti),
  };
}

/**
 * The readers.
 *
 * @param folder for files that are made
 * @param more folders of scans besides the fixtures
 */
export function targets(folder: string, more: readonly string[]): Target[] {
  const { scans, plain, packed, nifti } = scanFiles(...more);
  const made = (name: string, bytes: Uint8Array | string) => {
    const path = join(folder, name);
    if (typeof bytes === "string") Deno.writeTextFileSync(path, bytes);
    else Deno.writeFileSync(path, bytes);
    return path;
  };
  const scan = readScan(SCAN);
  const suites = filesBelow(join(ROOT, "benchmarks", "suites"));
  const trainings = filesBelow(join(ROOT, "benchmarks", "training"))
    .filter((path) => path.endsWith(".json"));
  const tensors = join(folder, "seed.safetensors");
  writeSafetensors(
    tensors,
    new Map([
      ["a", { dtype: "f32", shape: [2, 3], data: new Float32Array(6) }],
      ["b", { dtype: "u8", shape: [4], data: new Uint8Array(4) }],
    ]),
    { from: "a fuzzer" },
  );
  return [
    { name: "scan: DICOM", read: readScan, files: plain },
    { name: "scan: compressed DICOM", read: readScan, files: packed },
    { name: "scan: NIfTI", read: inspectScan, files: nifti },
    {
      name: "mask: SEG, RTSTRUCT",
      read: (path) => readTruth(path, scan, { labels: ["lung"] }),
      files: masksOf(plain).filter((path) => path.endsWith(".dcm")),
    },
    {
      name: "mask: NIfTI, NRRD, MetaImage",
      read: readMask,
      files: masksOf(scans).filter((path) => !path.endsWith(".dcm")),
    },
    { name: "weights: safetensors", read: readSafetensors, files: [tensors] },
    {
      name: "results",
      json: true,
      read: (path) => readRunResult(path),
      files: [
        made("result.json", formatRunResult(sampleRunResult())),
        join(ROOT, "results/quick-phantom.json"),
      ],
    },
    { name: "suite", json: true, read: (path) => parseSuite(json(path), path), files: suites },
    { name: "training", json: true, read: readTrainingFile, files: trainings },
    {
      name: "manifest",
      json: true,
      read: (path) => parseManifest(json(path), path),
      files: [made("manifest.json", MANIFEST), ...filesBelow(join(ROOT, "benchmarks", "data"))],
    },
    {
      name: "dataset.json",
      json: true,
      read: (path) => datasetLabels(Deno.readTextFileSync(path)),
      files: [made("dataset.json", '{"labels": {"0": "background", "1": "lung", "2": "tumour"}}')],
    },
    {
      name: "wheel",
      read: (path) => entryOfWheel(Deno.readFileSync(path), "lib"),
      files: [made("seed.whl", wheel())],
    },
    {
      name: "shared library",
      read: (path) => {
        const bytes = Deno.readFileSync(path);
        elfProblem(
          bytes.slice(0, 64),
          bytes.length,
          (offset, length) => bytes.slice(offset, offset + length),
          "x86_64",
        );
      },
      files: [made("seed.so", Deno.readFileSync(Deno.execPath()).slice(0, 8192))],
    },
    ...ownTargets(folder),
  ];
}

function masksOf(paths: readonly string[]): string[] {
  return paths.filter((path) =>
    path.includes("imaging/masks") && basename(path) !== "apart.raw" ||
    /\.(nrrd|nhdr|mha|mhd)$/.test(path)
  );
}

function json(path: string): unknown {
  return parseJson(Deno.readTextFileSync(path));
}

const MANIFEST = JSON.stringify({
  schema: "stackbench/manifest",
  version: 1,
  name: "seed",
  public: true,
  window: "lung",
  cases: [{ id: "a", patient: "p", split: "test", image: "a.nii.gz", truth: "b.nii.gz" }],
});

/** A zip with one deflated entry. */
function wheel(): Uint8Array {
  const body = deflateRawSync(new Uint8Array(100));
  const [local, entry, end] = [new Uint8Array(35), new Uint8Array(51), new Uint8Array(22)];
  const name = new TextEncoder().encode("a/lib");
  local.set(name, 30);
  new DataView(local.buffer).setUint16(26, 5, true);
  entry.set(name, 46);
  const view = new DataView(entry.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(10, 8, true);
  view.setUint32(20, body.length, true);
  view.setUint32(24, 100, true);
  view.setUint16(28, 5, true);
  const tail = new DataView(end.buffer);
  tail.setUint32(0, 0x06054b50, true);
  tail.setUint16(10, 1, true);
  tail.setUint32(16, local.length + body.length, true);
  return Uint8Array.from([...local, ...body, ...entry, ...end]);
}
