/** From folders as hospitals send them to a first result: two commands, and nothing edited. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { readMask, readScan, writeMask, writeSegmentation } from "../src/imaging/mod.ts";
import { writeNifti } from "../src/imaging/nifti/write.ts";
import type { RunResult } from "../src/results/mod.ts";
import { stackbenchIn } from "./running.ts";
import { encapsulated, structuresOfMask, withScout } from "./scan_forms.ts";

/** A label map of a mask of a DICOM scan as MetaImage. */
function metaImage(mask: Uint8Array<ArrayBuffer>, scan: ReturnType<typeof readScan>): Uint8Array {
  const [z, y, x] = scan.shape;
  const { affine } = scan;
  const header = [
    "ObjectType = Image",
    "NDims = 3",
    "BinaryData = True",
    "BinaryDataByteOrderMSB = False",
    "CompressedData = False",
    "TransformMatrix = 1 0 0 0 1 0 0 0 1",
    `Offset = ${-affine[0][3]} ${-affine[1][3]} ${affine[2][3]}`,
    `ElementSpacing = ${-affine[0][0]} ${-affine[1][1]} ${affine[2][2]}`,
    `DimSize = ${x} ${y} ${z}`,
    "ElementType = MET_UCHAR",
    "ElementDataFile = LOCAL",
  ].join("\n");
  return Uint8Array.from([...new TextEncoder().encode(`${header}\n`), ...mask]);
}

Deno.test("four study folders, truths in four forms: a manifest, then results", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-studies-" });
  try {
    const made = await stackbenchIn(
      folder,
      ...["data", "phantom", "--out", "phantom", "--scans", "4", "--shape", "12x48x48"],
      ...["--format", "dicom", "--quiet"],
    );
    assert.equal(made.code, 0, made.error);
    const of = (...parts: string[]) => join(folder, ...parts);
    const ids = [...Deno.readDirSync(of("phantom/images"))].map(({ name }) => name).sort();
    const source = (at: number) => of("phantom/images", ids[at]);
    const scans = ids.map((_, at) => readScan(source(at)));
    const truths = ids.map((id) => readMask(of(`phantom/truth/${id}.nii.gz`)).voxels);
    const studies = of("studies");
    for (const name of ["a", "b", "c/study 1/rt", "d"]) {
      Deno.mkdirSync(join(studies, name), { recursive: true });
    }

    // a scout among the slices, the truth as NIfTI beside them
    Deno.renameSync(source(0), join(studies, "a/ct"));
    withScout(join(studies, "a/ct"));
    writeMask(join(studies, "a/mask.nii.gz"), truths[0], scans[0]);
    // compressed, the truth as SEG
    encapsulated(source(1), join(studies, "b/1"));
    await writeSegmentation(join(studies, "b/seg.dcm"), truths[1], scans[1], {
      label: "lesion",
      algorithm: "by hand",
    });
    // patient, study, series, the truth as RTSTRUCT
    Deno.renameSync(source(2), join(studies, "c/study 1/series 7"));
    Deno.writeFileSync(
      join(studies, "c/study 1/rt/structures.dcm"),
      structuresOfMask(truths[2], scans[2]),
    );
    // NIfTI, the truth as MetaImage
    const { voxels, shape: [z, y, x], affine, rescale: [rescale] } = scans[3];
    writeNifti(join(studies, "d/ct.nii.gz"), { voxels, shape: [x, y, z], affine, rescale });
    Deno.writeFileSync(join(studies, "d/ct_label.mha"), metaImage(truths[3], scans[3]));

    const drafted = await stackbenchIn(folder, "data", "manifest", "studies");
    assert.equal(drafted.code, 0, drafted.error);
    const [, next] = /next: deno task bench (.*)/.exec(drafted.error) ?? [];
    const ran = await stackbenchIn(
      folder,
      "run",
      ...next.split(" "),
      ...["--size", "32x32", "--repeats", "1", "--out", "out", "--quiet"],
    );
    assert.equal(ran.code, 0, ran.error);
    const result: RunResult = JSON.parse(Deno.readTextFileSync(of("out/result.json")));
    assert.equal(result.dataset.cases.length, 4);
    assert.equal(result.dataset.skipped, undefined);
    result.dataset.cases.forEach(({ truth, shape }, at) => {
      assert.deepEqual(shape, scans[at].shape);
      assert.equal(truth?.voxels, truths[at].reduce((sum, voxel) => sum + voxel, 0));
    });
    assert.equal(result.experiments.dice?.status, "done");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
