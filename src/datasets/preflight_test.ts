import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { fixture } from "../imaging/testing.ts";
import type { ManifestCase } from "./manifest.ts";
import { loadManifest } from "./manifest_file.ts";
import { checkCases, faultsError } from "./preflight.ts";

/** A manifest of cases, as it is loaded from a folder of its own. */
async function checked(cases: readonly Partial<ManifestCase>[], needsTruth = false) {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, "manifest.json");
    const whole = Deno.readFileSync(fixture("nifti/plain.nii"));
    Deno.writeFileSync(join(folder, "cut.nii"), whole.subarray(0, whole.length - 9));
    Deno.writeTextFileSync(
      path,
      JSON.stringify({
        schema: "stackbench/manifest",
        version: 1,
        name: "cases",
        window: "lung",
        cases: cases.map((one, at) => ({ id: `c${at}`, patient: `${at}`, split: "test", ...one })),
      }),
    );
    return await checkCases(loadManifest(path, "unchecked").cases, { needsTruth });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const scan = fixture("dicom/plain");
const masks = (name: string) => fixture("masks", name);

Deno.test("every fault of every case is told, with the key that mends it", async () => {
  const { faults } = await checked([
    { image: scan, truth: masks("labels.nii"), labels: [1] },
    { image: "absent.nii", truth: "absent_mask.nii" },
    { image: "cut.nii", truth: masks("structures.dcm") },
    { image: fixture("dicom/two_series"), truth: "cut.nii" },
    { image: fixture("dicom/uneven") },
    { image: scan, window: "none", truth: masks("resampled.nii") },
    { image: scan, truth: masks("structures.dcm") },
    { image: scan, truth: masks("binary.dcm"), labels: ["bone"] },
    { image: scan, window: { metadata: "BONE" } },
  ]);
  assert.deepEqual(
    faults.map(({ index, part, mendedBy }) => [index, part, mendedBy.replace(/^.*\]\./, "")]),
    [
      [1, "image", "image"],
      [1, "truth", "truth"],
      [2, "image", "image"],
      [3, "image", "series"],
      [3, "truth", "truth"],
      [4, "image", "resample"],
      [5, "window", "window"],
      [5, "truth", "geometry"],
      [6, "truth", "labels"],
      [7, "truth", "labels"],
      [8, "window", "window"],
    ],
  );
  const error = faultsError(faults, 9);
  assert(error instanceof InputError);
  assert.match(error.message, /^8 of 9 cases cannot be used:/);
  for (const { path } of faults) {
    assert(error.message.includes(path), "full paths tell names apart");
  }
  assert.match(error.message, /\$\.cases\[3\]\.series: Choose one/);
});

Deno.test("what the keys of a manifest mend is no fault any more", async () => {
  const { faults, warnings } = await checked([
    { image: fixture("dicom/two_series"), series: 2 },
    { image: fixture("dicom/uneven"), resample: true },
    { image: scan, truth: masks("structures.dcm"), labels: ["lung"] },
    { image: scan, truth: masks("header_lost.nii"), labels: [2], geometry: "scan" },
    { image: scan, truth: masks("fractional.dcm"), certainty: 0.95 },
    { image: scan, window: { metadata: 1 } },
    { image: scan, truth: masks("labels.nii") },
  ]);
  assert.deepEqual(faults, []);
  assert.deepEqual(warnings.map(({ index }) => index), [1, 6]);
  assert.match(warnings[1].message, /3 labels/);
});

Deno.test("a training needs truths", async () => {
  const { faults } = await checked([{ image: scan }], true);
  assert.deepEqual(faults.map(({ part, message }) => [part, /no truth/.test(message)]), [
    ["truth", true],
  ]);
});
