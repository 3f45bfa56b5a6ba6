import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { loadManifest, writeManifest } from "./manifest_file.ts";
import { manifestOfFolder } from "./manifest_of_folder.ts";

Deno.test("a folder becomes a manifest that loads: scans by suffix, series, truths beside them", () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const name of ["series 1", "empty", "nested"]) Deno.mkdirSync(join(folder, name));
    const files = [
      "b_ct8.nii.gz",
      "b_infection.nii.gz",
      "b_lung.nii.gz",
      "a_ct8.nii",
      "c_infection.nii",
      "series 1/IM1",
      "nested/x.nii",
      "notes.txt",
    ];
    for (const name of files) Deno.writeTextFileSync(join(folder, name), "");
    const manifest = manifestOfFolder(folder, {
      imageSuffix: "_ct8",
      truthSuffix: "_infection",
      window: "none",
    });
    assert.deepEqual(manifest.cases, [
      { id: "a", patient: "a", split: "test", image: "a_ct8.nii" },
      {
        id: "b",
        patient: "b",
        split: "test",
        image: "b_ct8.nii.gz",
        truth: "b_infection.nii.gz",
      },
      { id: "series_1", patient: "series_1", split: "test", image: "series 1" },
    ]);
    writeManifest(join(folder, "manifest.json"), manifest);
    assert.equal(loadManifest(join(folder, "manifest.json")).cases.length, 3);

    Deno.writeTextFileSync(join(folder, "a_ct8.nii.gz"), "");
    assert.throws(() => manifestOfFolder(folder, { imageSuffix: "_ct8" }), /a_ct8.nii and a_ct8/);
    assert.throws(() => manifestOfFolder(join(folder, "empty")), InputError);
    assert.throws(() => manifestOfFolder(join(folder, "absent")), /could not be listed/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
