import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { sha256 } from "../base/hashing.ts";
import { huSha256, readMask, readScan, requireSameGrid } from "../imaging/mod.ts";
import { loadManifest } from "./manifest_file.ts";
import { phantom } from "./phantom/mod.ts";
import { writePhantoms } from "./phantom_files.ts";
import { planPhantoms } from "./phantom_plan.ts";

const request = { seed: 3, scans: 4, shape: [8, 40, 36] } as const;

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await work(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Every file below a folder with the hash of its bytes. */
function snapshot(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (!isDirectory) files[name] = sha256(Deno.readFileSync(path));
    else {
      for (const [inner, hash] of Object.entries(snapshot(path))) files[`${name}/${inner}`] = hash;
    }
  }
  return files;
}

Deno.test("a set written as DICOM and as NIfTI reads back as the phantom it was made from", async () => {
  await inFolder(async (folder) => {
    const plan = planPhantoms(request);
    for (const format of ["dicom", "nifti"] as const) {
      const { cases, manifest } = loadManifest(
        await writePhantoms(join(folder, format), request, { format }),
      );
      assert.equal(manifest.public, true);
      for (const [index, { image, truth, window }] of cases.entries()) {
        const made = phantom(plan[index].parameters);
        const scan = readScan(image);
        assert.equal(huSha256(scan), huSha256(made.volume));
        requireSameGrid(scan, made.volume);
        const mask = readMask(truth!);
        requireSameGrid(mask, scan);
        assert.deepEqual(mask.voxels, made.lesion.voxels);
        assert.equal(window, format === "dicom" ? "metadata" : "lung");
        if (format === "dicom") {
          assert.deepEqual(scan.windows[0][0], { center: -600, width: 1500, function: "LINEAR" });
        }
      }
    }
  });
});

Deno.test("a second run makes only what is missing, and the same bytes", async () => {
  await inFolder(async (folder) => {
    for (const format of ["dicom", "nifti"] as const) {
      const place = join(folder, format);
      await writePhantoms(place, request, { format });
      const before = snapshot(place);
      const [, second] = planPhantoms(request);
      // What a run that was stopped in the middle of the second scan leaves behind.
      Deno.removeSync(join(place, "truth", `${second.id}.nii.gz`));
      Deno.removeSync(join(place, "manifest.json"));
      if (format === "dicom") Deno.mkdirSync(join(place, "images", `${second.id}.tmp`));
      const remade: string[] = [];
      await writePhantoms(place, request, {
        format,
        onCase: (_done, _total, id, reused) => reused || remade.push(id),
      });
      assert.deepEqual(remade, [second.id]);
      assert.deepEqual(snapshot(place), before);
    }
  });
});

Deno.test("a folder that holds anything else is refused and left alone", async () => {
  await inFolder(async (folder) => {
    const refused = (message: RegExp) => (error: unknown) =>
      error instanceof InputError && message.test(error.message);
    Deno.writeTextFileSync(join(folder, "thesis.txt"), "precious");
    await assert.rejects(writePhantoms(folder, request), refused(/not empty and holds no phantom/));
    assert.deepEqual(Object.keys(snapshot(folder)), ["thesis.txt"]);

    const place = join(folder, "set");
    await writePhantoms(place, { ...request, scans: 1 });
    const before = snapshot(place);
    await assert.rejects(writePhantoms(place, request), refused(/of other parameters/));
    await assert.rejects(
      writePhantoms(place, { ...request, scans: 1 }, { format: "dicom" }),
      refused(/of other parameters/),
    );
    assert.deepEqual(snapshot(place), before);
  });
});
