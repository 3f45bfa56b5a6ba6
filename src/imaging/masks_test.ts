import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { affineOf } from "./affine.ts";
import { requireSameGrid } from "./grids.ts";
import { readMask, writeMask } from "./masks.ts";
import { writeNifti } from "./nifti/write.ts";
import { readScan } from "./read.ts";
import { assertRefused, fixture, withFolder } from "./testing.ts";
import type { Grid } from "./volume.ts";

const grid: Grid = {
  shape: [4, 5, 6],
  spacing: [2.5, 0.75, 0.5],
  affine: affineOf([-0.5, 0, 0], [0, -0.75, 0], [0, 0, 2.5], [1, 2, 3]),
};

Deno.test("grids that disagree are refused, with what differs", () => {
  requireSameGrid(grid, grid);
  const shifted = {
    ...grid,
    affine: affineOf([-0.5, 0, 0], [0, -0.75, 0], [0, 0, 2.5], [1, 2, 4]),
  };
  assertRefused(() => requireSameGrid(grid, shifted), "other-grid", /origin 1 2 3 against 1 2 4/);
  const flipped = {
    ...grid,
    affine: affineOf([0.5, 0, 0], [0, -0.75, 0], [0, 0, 2.5], [-1.5, 2, 3]),
  };
  assertRefused(() => requireSameGrid(grid, flipped), "other-grid", /mm apart/);
  const finer = {
    ...grid,
    spacing: [2.4, 0.75, 0.5] as const,
    affine: affineOf([-0.5, 0, 0], [0, -0.75, 0], [0, 0, 2.4], [1, 2, 3]),
  };
  assertRefused(() => requireSameGrid(grid, finer), "other-grid", /spacing 2\.5 0\.75 0\.5/);
  assertRefused(
    () => requireSameGrid(grid, { ...grid, shape: [4, 5, 7] }, ["a.nii", "b.nii"]),
    "other-grid",
    /a\.nii has 4x5x6.*b\.nii 4x5x7/,
  );
  // Rounding of a header is no disagreement.
  const rounded = {
    ...grid,
    affine: affineOf([-0.5001, 0, 0], [0, -0.75, 0], [0, 0, 2.5], [1, 2, 3]),
  };
  requireSameGrid(grid, rounded);
});

Deno.test("labels become a mask; probabilities do not", () => {
  withFolder((folder) => {
    const path = join(folder, "labels.nii");
    const put = (voxels: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>, slope = 1) =>
      writeNifti(path, {
        voxels,
        shape: [4, 1, 1],
        affine: affineOf([-1, 0, 0], [0, -1, 0], [0, 0, 1], [0, 0, 0]),
        rescale: { slope, intercept: 0 },
      });
    put(Uint8Array.of(0, 1, 2, 255));
    assert.deepEqual([...readMask(path).voxels], [0, 1, 1, 1]);
    assert.deepEqual([...readMask(path, { labels: [2, 3] }).voxels], [0, 0, 1, 0]);
    put(Uint8Array.of(0, 255, 0, 255), 1 / 255);
    assert.deepEqual([...readMask(path).voxels], [0, 1, 0, 1]);
    put(Float32Array.of(0, 1, 0.5, 1));
    assertRefused(() => readMask(path), "not-a-mask", /0\.5/);
    put(Float32Array.of(0, 1, NaN, 1));
    assertRefused(() => readMask(path), "not-a-mask", /NaN/);
    put(Float32Array.of(0, 1, -1, 1));
    assertRefused(() => readMask(path), "not-a-mask", /-1/);
  });
});

Deno.test("a mask of a DICOM scan is written on its canonical grid, always the same bytes", () => {
  withFolder((folder) => {
    for (const name of ["dicom/plain", "dicom/sagittal", "dicom/oblique"]) {
      const scan = readScan(fixture(name));
      const mask = Uint8Array.from(scan.voxels, (_, at) => at % 3 === 0 ? 1 : 0);
      const paths = ["a.nii.gz", "b.nii.gz"].map((file) => join(folder, file));
      for (const path of paths) writeMask(path, mask, scan);
      assert.deepEqual(Deno.readFileSync(paths[0]), Deno.readFileSync(paths[1]));
      const back = readMask(paths[0]);
      requireSameGrid(scan, back);
      assert.deepEqual(back.voxels, mask);
      assert.deepEqual(back.source.shape, scan.shape.toReversed());
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "a.nii.gz",
      "b.nii.gz",
    ]);
  });
});

Deno.test("a mask that does not fit or cannot be written is refused", () => {
  const scan = readScan(fixture("nifti/plain.nii"));
  assertRefused(() => writeMask("x.nii", new Uint8Array(3), scan), "other-grid");
  const mask = new Uint8Array(scan.voxels.length);
  assertRefused(() => writeMask("mask.png", mask, scan), "bad-name", /\.nii/);
  assert.throws(
    () => writeMask(join("no such folder", "m.nii"), mask, scan),
    (error) => error instanceof InputError && /m\.nii could not be written/.test(error.message),
  );
});
