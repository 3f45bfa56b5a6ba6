import assert from "node:assert/strict";
import { join } from "node:path";
import { unhooked } from "../files.ts";
import { readMask, readTruth } from "../masks.ts";
import { readScan } from "../read.ts";
import { assertRefused, fixture } from "../testing.ts";
import { loadDataSet, startRoom } from "./open.ts";
import { writeSegmentation } from "./write_segmentation.ts";

const FACTS = { label: "Läsion", algorithm: "vnet:small" };

/** Some voxels, the same for the same scan. */
const maskFor = (voxels: { readonly length: number }) =>
  Uint8Array.from({ length: voxels.length }, (_, at) => at % 7 === 0 || at % 11 === 3 ? 1 : 0);

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await work(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("a mask goes to a SEG and comes back, on slices of every direction", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "seg.dcm");
    for (const name of ["plain", "oblique", "sagittal", "enhanced.dcm"]) {
      const scan = readScan(fixture("dicom", name));
      const mask = maskFor(scan.voxels);
      await writeSegmentation(path, mask, scan, FACTS);
      assert.deepEqual(readTruth(path, scan, { labels: ["Läsion"] }).voxels, mask, name);
      assert.deepEqual(readMask(path).voxels, mask, `${name}, without the scan`);
      const bytes = Deno.readFileSync(path);
      await writeSegmentation(path, mask, scan, FACTS);
      assert.deepEqual(Deno.readFileSync(path), bytes, "the same bytes again");
    }
  });
});

/** A file of a slice with a StudyDate, in explicit little endian. */
function dated(bytes: Uint8Array, text: string): Uint8Array {
  // before Modality (0008,0060), which every slice has
  const modality = [0x08, 0x00, 0x60, 0x00, 0x43, 0x53];
  const at = bytes.findIndex((_, from) => modality.every((byte, k) => bytes[from + k] === byte));
  const element = [0x08, 0x00, 0x20, 0x00, 0x44, 0x41, text.length, 0];
  return Uint8Array.from([
    ...bytes.subarray(0, at),
    ...element,
    ...new TextEncoder().encode(text),
    ...bytes.subarray(at),
  ]);
}

Deno.test("a date goes into a SEG, but not what an anonymizer made of one", async () => {
  await withFolder(async (folder) => {
    const [slices, path] = [join(folder, "scan"), join(folder, "seg.dcm")];
    Deno.mkdirSync(slices);
    for (
      const [text, study, content] of [["20240229", "20240229", "20240229"], [
        "61d6b371-5759-36d4",
        undefined,
        "20000101",
      ]] as const
    ) {
      for (const { name } of Deno.readDirSync(fixture("dicom/plain"))) {
        const bytes = Deno.readFileSync(fixture("dicom/plain", name));
        Deno.writeFileSync(join(slices, name), dated(bytes, text));
      }
      const scan = readScan(slices);
      await writeSegmentation(path, maskFor(scan.voxels), scan, FACTS);
      const loaded = loadDataSet(path, path, unhooked, startRoom());
      assert("attributes" in loaded);
      assert.equal(loaded.attributes.text("x00080020"), study);
      assert.equal(loaded.attributes.text("x00080023"), content);
    }
  });
});

Deno.test("a mask of an interpolated scan has as many frames as the scan has slices", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "seg.dcm");
    const scan = readScan(fixture("dicom/uneven"), { resample: true });
    await writeSegmentation(path, new Uint8Array(scan.voxels.length).fill(1), scan, FACTS);
    assert.equal(scan.dicom?.slices.length, 4);
    const back = readTruth(path, scan).voxels;
    assert(back.every((voxel) => voxel === 1));
  });
});

Deno.test("a scan that is no DICOM has no slices that a SEG could name", async () => {
  await withFolder(async (folder) => {
    const scan = readScan(fixture("nifti/plain.nii"));
    const path = join(folder, "seg.dcm");
    await assert.rejects(
      () => writeSegmentation(path, maskFor(scan.voxels), scan, FACTS),
      /names the slices of a DICOM scan/,
    );
    const bare = { ...readScan(fixture("dicom/plain")), dicom: undefined };
    assertRefused(() => readMask(path), "not-found");
    await assert.rejects(() => writeSegmentation(path, maskFor(bare.voxels), bare, FACTS));
  });
});
