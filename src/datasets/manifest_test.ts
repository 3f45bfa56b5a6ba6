import assert from "node:assert/strict";
import fc from "fast-check";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { type ManifestInput, manifestSha256, parseManifest } from "./manifest.ts";
import { loadManifest, writeManifest } from "./manifest_file.ts";

const one = { id: "a", patient: "p", split: "test", image: "a.nii" } as const;
const good: ManifestInput = {
  schema: "stackbench/manifest",
  version: 1,
  name: "two",
  cases: [{ ...one, truth: "a_mask.nii" }, { ...one, id: "b", image: "scans/b" }],
};

const refuses = (work: () => unknown, ...messages: RegExp[]) =>
  assert.throws(work, (error) => {
    assert.ok(error instanceof InputError);
    for (const message of messages) assert.match(error.message, message);
    return true;
  });

Deno.test("every broken rule is named with its place", () => {
  const withCase = (change: object) => ({ ...good, cases: [{ ...one, ...change }] });
  const table: readonly [unknown, RegExp][] = [
    [null, /\$: .*object/],
    [{ ...good, schema: "stackbench/suite" }, /\$\.schema/],
    [{ ...good, version: 2 }, /\$\.version: this program reads version 1/],
    [{ ...good, cases: [] }, /\$\.cases: a manifest without cases/],
    [{ ...good, patients: 3 }, /patients/],
    [{ ...good, window: "lungs" }, /\$\.window: a window is metadata, lung, mediastinal, none/],
    [withCase({ id: "../a" }), /\$\.cases\[0\]\.id: an id is letters/],
    [withCase({ id: "" }), /\$\.cases\[0\]\.id/],
    [withCase({ split: "dev" }), /\$\.cases\[0\]\.split: .*"validation"/],
    [withCase({ patient: 7 }), /\$\.cases\[0\]\.patient: .*string/],
    [withCase({ image: "" }), /\$\.cases\[0\]\.image/],
    [withCase({ truth: null }), /\$\.cases\[0\]\.truth/],
    [withCase({ window: { center: 0, width: 0 } }), /\$\.cases\[0\]\.window: the width must be/],
    [withCase({ window: { center: 0 } }), /\$\.cases\[0\]\.window: .*center, width/],
    [withCase({ labels: ["", 1] }), /\$\.cases\[0\]\.labels/],
    [{ ...good, cases: [one, one] }, /\$\.cases\[1\]\.id: "a" is also the id of \$\.cases\[0\]/],
    [
      { ...good, cases: [one, { ...one, id: "b", split: "train" }] },
      /\$\.cases\[1\]\.split: patient "p" is in train here and in test at \$\.cases\[0\]/,
    ],
  ];
  for (const [value, message] of table) {
    refuses(() => parseManifest(value, "m.json"), /^m\.json is not a manifest/, message);
  }
});

Deno.test("no JSON value gets through unchecked, and none breaks the check", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    refuses(() => parseManifest(value, "m.json"), /not a manifest/);
    refuses(() => parseManifest({ ...good, cases: [value] }, "m.json"), /\$\.cases\[0\]/);
  }));
});

Deno.test("the hash is that of what is said, not of how", () => {
  const plain = parseManifest(good, "m");
  const spelled = parseManifest(
    {
      cases: good.cases,
      window: "metadata",
      public: false,
      name: "two",
      version: 1,
      schema: good.schema,
    },
    "m",
  );
  assert.equal(manifestSha256(plain), manifestSha256(spelled));
  const other = parseManifest({ ...good, window: "lung" }, "m");
  assert.notEqual(manifestSha256(plain), manifestSha256(other));
});

Deno.test("a written manifest is read back with paths beside it and windows decided", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, "lists", "manifest.json");
    Deno.mkdirSync(join(folder, "lists"));
    Deno.mkdirSync(join(folder, "dicom"));
    Deno.writeTextFileSync(join(folder, "a.nii"), "");
    writeManifest(path, {
      ...good,
      window: "lung",
      cases: [
        { ...one, image: "../a.nii", truth: join(folder, "a.nii") },
        {
          ...one,
          id: "b",
          patient: "q",
          image: "../dicom",
          window: { center: 1, width: 2, function: "LINEAR" },
        },
        { ...one, id: "c", image: "../dicom", window: "metadata" },
      ],
    });
    const { cases } = loadManifest(path);
    assert.deepEqual(cases.map(({ patient }) => patient), [0, 1, 0]);
    assert.deepEqual(cases.map(({ image }) => Deno.statSync(image).isFile), [true, false, false]);
    assert.deepEqual(cases.map(({ truth }) => truth !== null), [true, false, false]);
    assert.deepEqual(
      cases.map(({ window }) => window),
      ["lung", { center: 1, width: 2, function: "LINEAR" }, "metadata"],
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("missing files are named with their case; a manifest that is none says why", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, "m.json");
    refuses(() => loadManifest(path), /could not be read/);
    Deno.writeTextFileSync(path, "{");
    refuses(() => loadManifest(path), /is not JSON/);
    Deno.writeTextFileSync(join(folder, "a.nii"), "");
    writeManifest(path, {
      ...good,
      cases: [{ ...one, truth: "." }, { ...one, id: "b", image: "b" }],
    });
    refuses(
      () => loadManifest(path),
      /\$\.cases\[0\]\.truth \(case "a"\): .* is a folder, not a file/,
      /\$\.cases\[1\]\.image \(case "b"\): there is no/,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
