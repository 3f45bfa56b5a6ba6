/** Privacy: what is planted in scans, manifests and the environment comes out nowhere. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../src/tensor/mod.ts";
import {
  canariesIn,
  canary,
  contentOf,
  plantedCount,
  plantedDicom,
  plantedNifti,
  WORD,
} from "./canaries.ts";
import { type Ended, stackbenchAs } from "./running.ts";

const FIXTURES = join(import.meta.dirname!, "..", "fixtures");

/** What a DICOM SEG has of its scan, and why it must (PS3.3 A.51 and the modules it names). */
const EXCUSED: Readonly<Record<string, string>> = {
  "00100010": "PatientName: Patient module (C.7.1.1), type 2; whose SEG it is",
  "00100020": "PatientID: Patient module, type 2; whose SEG it is",
  "00100030": "PatientBirthDate: Patient module, type 2",
  "0020000d": "StudyInstanceUID: General Study module (C.7.2.1), type 1; the SEG is of the study",
  "00080020": "StudyDate: General Study module, type 2; ContentDate too, there being no clock",
  "00080030": "StudyTime: General Study module, type 2; ContentTime too",
  "00080050": "AccessionNumber: General Study module, type 2",
  "00080090": "ReferringPhysicianName: General Study module, type 2",
  "00200010": "StudyID: General Study module, type 2",
  "00200052": "FrameOfReferenceUID: Frame of Reference module (C.7.4.1), type 1; where it lies",
  "00201040": "PositionReferenceIndicator: Frame of Reference module, type 2",
  "0020000e": "SeriesInstanceUID: Common Instance Reference module (C.12.2), type 1; of the scan",
  "00080018": "SOPInstanceUID: Common Instance Reference module, type 1; of its slices",
};

const ENVIRONMENT = {
  USER: `${WORD}user`,
  LOGNAME: `${WORD}user`,
  HOSTNAME: `${WORD}host`,
  HOST: `${WORD}host`,
};

const MODEL = ["--model", "vnet:small", "--input", "8x16x16"];
const REFERENCE = ["--backend", "reference"];

/** A text that comes out, and what it came from. */
type Told = readonly [name: string, text: string];

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else yield path;
  }
}

function copyOf(path: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(path);
}

/** A NIfTI-1 file of 8 slices of 16 x 16 bytes. */
function nifti(value: (at: number) => number): Uint8Array<ArrayBuffer> {
  const [header, shape] = [352, [16, 16, 8]];
  const bytes = new Uint8Array(header + shape.reduce((a, b) => a * b));
  bytes.set(copyOf(join(FIXTURES, "imaging", "nifti", "uint8.nii")).subarray(0, header));
  const view = new DataView(bytes.buffer);
  shape.forEach((size, axis) => view.setInt16(42 + 2 * axis, size, true));
  for (let at = header; at < bytes.length; at++) bytes[at] = value(at - header);
  return bytes;
}

/** Scans, weights, a private manifest and a suite, with canaries in all that names or dates. */
function plant(folder: string, scans: string): void {
  for (const name of ["masks", "seg", "onnx"]) Deno.mkdirSync(join(folder, name));
  Deno.mkdirSync(join(scans, "dicom"), { recursive: true });
  const source = join(FIXTURES, "imaging", "dicom", "plain");
  const names = [...Deno.readDirSync(source)].map(({ name }) => name).sort();
  names.forEach((name, slice) =>
    Deno.writeFileSync(
      join(scans, "dicom", `${WORD}${slice}.dcm`),
      plantedDicom(copyOf(join(source, name)), slice),
    )
  );
  Deno.writeFileSync(join(scans, "image.nii"), plantedNifti(nifti((at) => at % 251)));
  Deno.writeFileSync(join(scans, "truth.nii"), plantedNifti(nifti((at) => at % 7 === 0 ? 1 : 0)));
  const weights = join(FIXTURES, "weights", "vnet-small-overlap-0.safetensors");
  const { tensors } = readSafetensors(weights);
  writeSafetensors(join(scans, "w.safetensors"), tensors, { author: `${WORD}author` });
  const nii = { image: join(scans, "image.nii"), truth: join(scans, "truth.nii"), window: "lung" };
  const dicom = { image: join(scans, "dicom"), window: "lung" };
  const manifest = (name: string, cases: readonly object[]) =>
    Deno.writeTextFileSync(
      join(folder, name),
      JSON.stringify({
        schema: "stackbench/manifest",
        version: 1,
        name: `${WORD}name`,
        public: false,
        cases: cases.map((one, i) => ({ id: `${WORD}id${i}`, patient: `${WORD}p${i}`, ...one })),
      }),
    );
  manifest("manifest.json", [{ ...nii, split: "test" }, { ...dicom, split: "test" }]);
  manifest("training.json", [{ ...nii, split: "train" }, { ...nii, split: "validation" }]);
  Deno.writeTextFileSync(
    join(folder, "suite.json"),
    JSON.stringify({
      schema: "stackbench/suite",
      version: 1,
      name: "tiny",
      dataset: { manifest: "manifest.json" },
      models: [{ model: "vnet:small", input: [8, 16, 16] }],
      timing: { warmup: 0, repeats: 1, processes: 1 },
    }),
  );
}

/** Asserts that texts hold no canary but those that are excused. */
function assertSilent(told: readonly Told[], excused: Readonly<Record<string, string>> = {}): void {
  for (const [name, text] of told) {
    const found = canariesIn(text).filter((tag) => !(tag in excused));
    assert.deepEqual(found, [], `${name} tells what was planted`);
  }
}

Deno.test("what is planted in every attribute, name and path comes out in no result, report, mask or log", async (t) => {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-" });
  const scans = join(folder, `${WORD}path`);
  const printed: Told[] = [];
  const run = async (...args: readonly string[]): Promise<Ended> => {
    const ended = await stackbenchAs(ENVIRONMENT, folder, ...args);
    assert.equal(ended.code, 0, `${args.join(" ")}: ${ended.out}${ended.error}`);
    // the paths and ids that a command was told may be told to whom it was told by
    const own = `${ended.out}${ended.error}`.replaceAll(scans, "").replaceAll(/CANARYid\d/g, "");
    printed.push([args.slice(0, 2).join(" "), own]);
    return ended;
  };
  const written = (below: string): Told[] =>
    [...filesBelow(join(folder, below))].map((path) =>
      [path.slice(folder.length), path.slice(folder.length) + contentOf(path)] as const
    );
  const weights = ["--weights", join(scans, "w.safetensors")];
  try {
    plant(folder, scans);
    await t.step("the canaries are there to be found", () => {
      assert.ok(plantedCount() > 3000, `${plantedCount()} attributes`);
      const found = canariesIn(contentOf(join(scans, "dicom", `${WORD}1.dcm`)));
      // a date is not told from what follows it where the next tag begins with the code of a digit
      assert.ok(found.length > 0.98 * plantedCount(), `${found.length} are found`);
      assert.deepEqual(canariesIn(canary("DA", "00100030")), ["00100030"]);
      assert.deepEqual(canariesIn(canary("TM", "00080030")), ["00080030"]);
      assert.ok(contentOf(join(scans, "image.nii")).includes(`${WORD}extension`));
    });
    await t.step("inspect and evaluate", async () => {
      const dicom = await run("inspect", join(scans, "dicom"));
      assert.match(dicom.out, /none of the standard/);
      await run("inspect", join(scans, "dicom"), "--json");
      await run("inspect", join(scans, "image.nii"), "--json");
      const mask = join(scans, "truth.nii");
      await run("evaluate", "--truth", mask, "--prediction", mask);
    });
    await t.step("predict: a mask in NIfTI", async () => {
      for (const scan of ["dicom", "image.nii"]) {
        const to = ["--window", "lung", "--output", `masks/${scan}.nii.gz`];
        await run("predict", ...MODEL, ...weights, ...REFERENCE, join(scans, scan), ...to);
      }
      assertSilent(written("masks"));
    });
    await t.step(
      "predict: a DICOM SEG has what the standard wants of its scan, and no more",
      async () => {
        const to = ["--window", "lung", "--output", "seg/seg.dcm"];
        await run("predict", ...MODEL, ...weights, ...REFERENCE, join(scans, "dicom"), ...to);
        const text = contentOf(join(folder, "seg", "seg.dcm"));
        assertSilent([["the SEG", text]], EXCUSED);
        assert.deepEqual(canariesIn(text), Object.keys(EXCUSED).sort(), "an excuse is not needed");
      },
    );
    await t.step("run, merge, report and compare", async () => {
      for (const shard of ["1/2", "2/2"]) {
        await run("run", "--suite", "suite.json", ...REFERENCE, "--out", "out", "--shard", shard);
      }
      await run("merge", "out");
      await run("report", "out/result.json", "--out", "told");
      await run("compare", "out/result.json", "out/result.json", "--format", "markdown");
      const files = [...written("out"), ...written("told")];
      assert.ok(files.length > 8);
      assertSilent(files);
      const host = Deno.hostname();
      for (const [name, text] of files) {
        assert.ok(!text.includes(folder), `${name} holds a path`);
        assert.ok(host.length < 6 || !text.includes(host), `${name} holds the host's name`);
      }
    });
    await t.step("export", async () => {
      await run("export", ...MODEL, ...weights, "--onnx", "onnx/net.onnx");
      assertSilent(written("onnx"));
    });
    await t.step("train: log, weights and page", async () => {
      const brief = ["--epochs", "1", "--steps", "1", "--out", "trained"];
      await run("train", ...MODEL, "--data", "training.json", ...REFERENCE, ...brief);
      assertSilent(written("trained"));
    });
    await t.step("what was printed", () => assertSilent(printed));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
