/** A scan, a truth and a prediction through every format that they come in, by the command line. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { encapsulated, structuresOfMask } from "./scan_forms.ts";
import { readMask, readScan } from "../src/imaging/mod.ts";
import { stackbenchIn as runIn } from "./running.ts";

const ROOT = join(import.meta.dirname!, "..");
const WEIGHTS = join(ROOT, "fixtures/weights/vnet-small-overlap-0.safetensors");

Deno.test("DICOM to prediction to SEG to evaluation: the same mask in every form", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-round-" });
  try {
    const stackbench = async (...args: string[]) => {
      const ended = await runIn(folder, ...args);
      assert.equal(ended.code, 0, ended.error);
      return ended.out;
    };
    const of = (name: string) => join(folder, name);
    await stackbench(
      ...["data", "phantom", "--out", of("phantom"), "--scans", "1", "--shape", "24x96x96"],
      ...["--format", "dicom", "--quiet"],
    );
    const scan = of("phantom/images/p001-1");
    encapsulated(scan, of("packed"));
    const model = ["--model", "vnet:small", "--weights", WEIGHTS, "--input", "16x32x32", "--quiet"];
    for (
      const [path, output] of [[scan, "mask.nii.gz"], [scan, "seg.dcm"], [
        of("packed"),
        "packed.dcm",
      ]]
    ) {
      await stackbench("predict", path, ...model, "--threshold", "0.05", "--output", of(output));
    }
    const dice = async (...args: string[]) => {
      const { metrics } = JSON.parse(await stackbench("evaluate", "--json", ...args));
      return metrics.dice.value;
    };
    const mask = of("mask.nii.gz");
    assert(readMask(mask).voxels.includes(1), "the prediction must not be empty");
    assert.equal(await dice("--truth", mask, "--prediction", of("seg.dcm")), 1);
    assert.equal(await dice("--truth", of("packed.dcm"), "--prediction", mask), 1);
    // contours around the pixels of the mask are the same mask again
    Deno.writeFileSync(of("contours.dcm"), structuresOfMask(readMask(mask).voxels, readScan(scan)));
    assert.equal(
      await dice(
        ...["--truth", of("contours.dcm"), "--labels", "lesion", "--scan", scan],
        ...["--prediction", of("seg.dcm")],
      ),
      1,
    );
    const truth = of("phantom/truth/p001-1.nii.gz");
    const [a, b] = [
      await dice("--truth", truth, "--prediction", mask),
      await dice("--truth", truth, "--prediction", of("seg.dcm")),
    ];
    assert.equal(a, b);
    assert(a > 0);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
