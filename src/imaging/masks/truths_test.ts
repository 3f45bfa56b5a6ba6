import assert from "node:assert/strict";
import { join } from "node:path";
import { requireSameGrid } from "../grids.ts";
import { readMask, readTruth } from "../masks.ts";
import { readScan } from "../read.ts";
import { assertRefused, fixture, sharedData, withFolder } from "../testing.ts";
import type { Label } from "./labels.ts";

const scan = readScan(fixture("dicom/plain"));
const truth = (name: string, labels?: Label[]) =>
  readTruth(fixture("masks", name), scan, { labels });
const labelled = (labels?: Label[]) => truth("labels.nii", labels).voxels;

/** The bytes of a file with every `from` in it replaced. */
function edited(path: string, from: string, to: string): Uint8Array<ArrayBuffer> {
  const text = Array.from(Deno.readFileSync(path), (byte) => String.fromCharCode(byte)).join("");
  assert(text.includes(from));
  return Uint8Array.from(text.replaceAll(from, to), (letter) => letter.charCodeAt(0));
}

Deno.test("a truth is the same in NIfTI, NRRD and MetaImage, whatever its voxels' order", () => {
  const files = ["labels.nrrd", "raw.nrrd", "labels.mha", "raw.mha", "apart.mhd"];
  for (const name of [...files, "turned.nrrd", "turned.mha"]) {
    for (const labels of [undefined, [2], [1, 3]]) {
      assert.deepEqual(truth(name, labels).voxels, labelled(labels), `${name} ${labels}`);
    }
    requireSameGrid(scan, readMask(fixture("masks", name)));
  }
});

Deno.test("several labels count as one only with a word; a label that is not there is told", () => {
  const rules = (labels?: Label[]) => truth("labels.nii", labels).report.map(({ rule }) => rule);
  assert.deepEqual(rules(), ["several-labels"]);
  assert.deepEqual(rules([1]), []);
  assert.deepEqual(rules([7]), ["absent-label"]);
  assertRefused(() => truth("labels.nii", ["lesion"]), "no-such-label", /has no names/);
});

Deno.test("a mask that was cropped, voxel on voxel, is filled up", () => {
  const mask = truth("cropped.nrrd", [1, 2]);
  assert.deepEqual(mask.voxels, labelled([1, 2]));
  assert(mask.report.some(({ rule }) => rule === "cropped-mask"));
});

Deno.test("segments of Slicer's layers are taken by name", () => {
  assert.deepEqual(truth("layers.seg.nrrd", ["lung"]).voxels, labelled([1, 2]));
  assert.deepEqual(truth("layers.seg.nrrd", ["lesion"]).voxels, labelled([2, 3]));
  assert.deepEqual(truth("layers.seg.nrrd").voxels, labelled());
  assertRefused(() => truth("layers.seg.nrrd", ["bone"]), "no-such-label", /lung, lesion/);
  // both have the number 1, each in a layer of its own
  assertRefused(() => truth("layers.seg.nrrd", [1]), "ambiguous-label", /lung, lesion/);
  const [{ rule, message }] = truth("layers.seg.nrrd").report;
  assert.equal(rule, "several-labels");
  assert.match(message, /^2 labels \(1 lung and lesion\)/);
});

Deno.test("of segments that share a name all count", () => {
  withFolder((folder) => {
    const path = join(folder, "twice.seg.nrrd");
    Deno.writeFileSync(path, edited(fixture("masks/layers.seg.nrrd"), ":=lesion", ":=lung"));
    assert.deepEqual(readTruth(path, scan, { labels: ["lung"] }).voxels, labelled());
    const contours = join(folder, "twice.dcm");
    Deno.writeFileSync(contours, edited(fixture("masks/structures.dcm"), "ring", "lung"));
    const both = truth("structures.dcm", ["lung", "ring"]).voxels;
    assert.deepEqual(readTruth(contours, scan, { labels: ["lung"] }).voxels, both);
  });
});

Deno.test("a mask that names another frame of reference is read with a warning", () => {
  const frame = scan.dicom!.frameOfReference;
  const other = frame.slice(0, -1) + (frame.endsWith("1") ? "2" : "1");
  withFolder((folder) => {
    for (const [name, label] of [["binary.dcm", 1], ["structures.dcm", "lung"]] as const) {
      const path = join(folder, name);
      Deno.writeFileSync(path, edited(fixture("masks", name), frame, other));
      const moved = readTruth(path, scan, { labels: [label] });
      assert.deepEqual(moved.voxels, truth(name, [label]).voxels);
      assert.deepEqual(moved.report.map(({ rule }) => rule), ["other-frame"]);
      assert.deepEqual(truth(name, [label]).report, []);
    }
  });
});

Deno.test("segments of a SEG are taken by number or name, in any order of frames", () => {
  for (const name of ["binary.dcm", "shuffled.dcm", "label_map.dcm"]) {
    assert.deepEqual(truth(name).voxels, labelled(), name);
    assert.deepEqual(truth(name, [2]).voxels, labelled([2]), name);
    assert.deepEqual(truth(name, ["Läsion", 3]).voxels, labelled([2, 3]), name);
    assertRefused(() => truth(name, ["bone"]), "no-such-label", /lung, Läsion, apart/);
    assertRefused(() => truth(name, [7]), "no-such-label", /1 lung, 2 Läsion, 3 apart/);
  }
});

Deno.test("a fractional SEG counts from a threshold on, compressed or not", () => {
  for (const name of ["fractional.dcm", "fractional_rle.dcm"]) {
    const at = (threshold?: number) =>
      readTruth(fixture("masks", name), scan, { threshold }).voxels;
    assert.deepEqual(at(), labelled([1, 2]));
    assert.deepEqual(at(0.2), labelled());
    assert.equal(at(0.95).reduce((sum, voxel) => sum + voxel, 0), 0);
  }
});

Deno.test("structures of an RTSTRUCT are drawn even-odd on the slices, by name", () => {
  assert.deepEqual(truth("structures.dcm", ["lung"]).voxels, labelled([1]));
  assert.deepEqual(truth("structures.dcm", ["lung", "Läsion"]).voxels, labelled([1, 2]));
  const ring = truth("structures.dcm", ["ring"]).voxels;
  assert.equal(ring.reduce((sum, voxel) => sum + voxel, 0), 5 * 6 - 3 * 4);
  assertRefused(() => truth("structures.dcm"), "several-structures", /lung, Läsion, ring/);
  assertRefused(() => readMask(fixture("masks/structures.dcm")), "needs-scan");
});

Deno.test("SEG and RTSTRUCT are laid onto a NIfTI of the scan, however it is turned", () => {
  for (const name of ["nifti/plain.nii", "nifti/turned.nii"]) {
    const on = readScan(fixture(name));
    const put = (file: string, labels: Label[]) =>
      readTruth(fixture("masks", file), on, { labels }).voxels;
    assert.deepEqual(put("binary.dcm", [1, 3]), labelled([1, 3]));
    assert.deepEqual(put("structures.dcm", ["lung"]), labelled([1]));
  }
});

Deno.test("masks of another scan are refused with what the difference looks like", () => {
  const other = readScan(fixture("dicom/oblique"));
  assertRefused(() => readTruth(fixture("masks/binary.dcm"), other), "other-planes");
  assertRefused(
    () => readTruth(fixture("masks/structures.dcm"), other, { labels: ["lung"] }),
    "other-planes",
  );
  const lost = assertRefused(() => truth("header_lost.nii"), "other-grid", /lost its own/);
  assert.match(lost.advice ?? "", /Copy the header.*--geometry scan/);
  assertRefused(() => truth("mirrored.nii"), "other-grid", /mirror image.*left and right/);
  const resampled = assertRefused(() => truth("resampled.nii"), "other-grid", /resampled/);
  assert.match(resampled.advice ?? "", /own grid/);
});

Deno.test("where voxels correspond, the scan's geometry can be taken", () => {
  const take = (name: string, labels: Label[]) =>
    readTruth(fixture("masks", name), scan, { labels, geometry: "scan" }).voxels;
  assert.deepEqual(take("header_lost.nii", [2]), labelled([2]));
  assert.deepEqual(take("mirrored.nii", [2]), labelled([2]));
  assertRefused(() => take("resampled.nii", [2]), "other-grid", /do not correspond/);
});

Deno.test("damaged and foreign masks are refused", () => {
  withFolder((folder) => {
    for (const name of ["raw.nrrd", "labels.nrrd", "raw.mha", "labels.mha", "binary.dcm"]) {
      const bytes = Deno.readFileSync(fixture("masks", name));
      const path = join(folder, name);
      Deno.writeFileSync(path, bytes.subarray(0, bytes.length - 12));
      assert.throws(() => readMask(path), /truncated|damaged/, name);
    }
    assertRefused(() => readMask(fixture("dicom/bits_8.dcm")), "not-a-mask", /CT/);
    assertRefused(() => readMask(folder), "not-a-mask-file");
  });
});

const chest = sharedData("chest-ct-dicom");
const lungs = sharedData("chest-ct-lungs-mask.nii.gz");
Deno.test({
  name: `the lungs of a real RTSTRUCT are those that were drawn by others${
    chest && lungs ? "" : " (skipped: ../shared/data is absent)"
  }`,
  ignore: chest === null || lungs === null,
  fn() {
    const on = readScan(chest!);
    const structures = join(chest!, "20191031-215249_m.dcm");
    const drawn = readTruth(structures, on, { labels: ["LUNGS"] }).voxels;
    const given = readMask(lungs!).voxels;
    let [both, either, touching] = [0, 0, 0];
    const [, rows, columns] = on.shape;
    drawn.forEach((voxel, at) => {
      if (voxel && given[at]) both++;
      either += voxel + given[at];
      // whoever made it counted pixels that a contour only touches
      if (voxel !== given[at]) {
        const near = [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((x) => at + y * columns + x));
        if (near.some((other) => drawn[other] === 1) && near.some((other) => drawn[other] === 0)) {
          touching++;
        }
      }
    });
    assert.equal(rows, 512);
    // What matplotlib's and scikit-image's point-in-polygon tests count, contour by contour.
    assert.equal(drawn.reduce((sum, voxel) => sum + voxel, 0), 319196);
    assert(2 * both / either > 0.975);
    assert(touching > 0.99 * 13200);
  },
});
