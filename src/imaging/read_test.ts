import assert from "node:assert/strict";
import { join } from "node:path";
import { hounsfieldSlice, huSha256 } from "./hounsfield.ts";
import { inspectScan } from "./inspect.ts";
import { requireSameGrid } from "./grids.ts";
import { readMask } from "./masks.ts";
import { listSeries, readAllSeries, readScan } from "./read.ts";
import { assertRefused, fixture, sharedData, withFolder } from "./testing.ts";

interface Expected {
  readonly shape: readonly number[];
  readonly sha256: string;
  readonly spacing: readonly number[];
  readonly affine: readonly (readonly number[])[];
}

const expected: Record<string, Expected> = JSON.parse(
  Deno.readTextFileSync(fixture("expected.json")),
);

for (const [name, peer] of Object.entries(expected)) {
  Deno.test(`${name}: the HU, order, spacing and affine that SimpleITK or nibabel gives`, () => {
    const facts = inspectScan(fixture(name));
    assert.deepEqual(facts.shape, peer.shape);
    assert.equal(facts.voxels.sha256, peer.sha256);
    // Peers call an unknown distance 1 mm; that of one slice to the next is unknown.
    const unknown = facts.format === "dicom" ? peer.shape[0] === 1 : name === "nifti/no_codes.nii";
    assert.equal(facts.spacing === null, unknown);
    facts.spacing?.forEach((value, axis) => assert(Math.abs(value - peer.spacing[axis]) < 1e-5));
    facts.affine.flat().forEach((value, at) =>
      assert(Math.abs(value - peer.affine.flat()[at]) < 1e-4)
    );
  });
}

const rules = (path: string) => readScan(path).report.map(({ rule }) => rule);

Deno.test("the same scan as DICOM and as NIfTI is the same volume", () => {
  const dicom = readScan(fixture("dicom/plain"));
  for (const name of ["nifti/plain.nii", "nifti/turned.nii", "nifti/pair.img"]) {
    const nifti = readScan(fixture(name));
    assert.equal(huSha256(nifti), huSha256(dicom), name);
    requireSameGrid(dicom, nifti);
  }
});

Deno.test("repairs and oddities are in the report", () => {
  assert.deepEqual(rules(fixture("dicom/plain")), ["sorted-by-position"]);
  assert(rules(fixture("dicom/bare_implicit.dcm")).includes("no-preamble"));
  assert(rules(fixture("dicom/no_preamble_explicit.dcm")).includes("no-preamble"));
  assert(rules(fixture("dicom/wrong_syntax.dcm")).includes("no-transfer-syntax-that-fits"));
  assert(rules(fixture("dicom/padding.dcm")).includes("pixel-padding"));
  assert(rules(fixture("dicom/monochrome1.dcm")).includes("monochrome1"));
  assert(rules(fixture("dicom/sagittal")).includes("reoriented"));
  assert(rules(fixture("nifti/no_codes.nii")).includes("orientation-unknown"));
  assert(rules(fixture("nifti/metres.nii")).includes("units"));
});

Deno.test("files without a preamble, and MONOCHROME1, have the HU of the plain file", () => {
  const plain = huSha256(readScan(fixture("dicom/syntax_explicit.dcm")));
  for (const name of ["no_preamble_explicit", "no_preamble_implicit", "monochrome1"]) {
    assert.equal(huSha256(readScan(fixture(`dicom/${name}.dcm`))), plain, name);
  }
});

Deno.test("a Modality LUT gives the HU, its ends hold beyond them", () => {
  const table = readScan(fixture("dicom/modality_lut.dcm"));
  const stored = readScan(fixture("dicom/bits_8.dcm")); // the same values, 8 bits, * 16 - 1024
  const hu = hounsfieldSlice(table, 0);
  hounsfieldSlice(stored, 0).forEach((value, at) => {
    const index = Math.max(0, Math.min(199, (value + 1024) / 16 - 20));
    assert.equal(hu[at], (index * index) % 65536);
  });
});

Deno.test("an enhanced multi-frame image is sorted, frame by frame rescaled and windowed", () => {
  const volume = readScan(fixture("dicom/enhanced.dcm"));
  const plain = readScan(fixture("dicom/plain"));
  assert.deepEqual(volume.shape, [3, 5, 6]);
  assert.deepEqual(volume.spacing, [3, 0.75, 0.5]);
  assert.deepEqual(volume.rescale.map(({ slope }) => slope), [2, 3, 1]);
  assert.deepEqual(volume.windows, [[{ center: 40, width: 400, function: "SIGMOID" }]]);
  [1, 2, 0].forEach((frame, z) => {
    const slope = volume.rescale[z].slope;
    const want = hounsfieldSlice(plain, frame).map((hu) => (hu + 1024) * slope - 1024);
    assert.deepEqual(hounsfieldSlice(volume, z), want);
  });
});

Deno.test("windows and rescales that differ between slices stay with their slices", () => {
  const { windows, rescale } = readScan(fixture("dicom/per_slice"));
  assert.deepEqual(rescale, [0, 1, 2, 3].map((z) => ({ slope: 1 + z, intercept: -1000 - z })));
  assert.deepEqual(windows.map((list) => list.map(({ center }) => center)), [
    [-600, 40],
    [-600, 41],
    [-600, 42],
    [-600, 43],
  ]);
});

Deno.test("several series: one must be chosen, or all are read", () => {
  const path = fixture("dicom/two_series");
  assertRefused(() => readScan(path), "several-series", /2 series/);
  assertRefused(() => readScan(path, { series: 3 }), "no-such-series");
  assert.equal(listSeries(path).length, 2);
  const all = readAllSeries(path);
  all.forEach((volume, at) =>
    assert.equal(huSha256(readScan(path, { series: at + 1 })), huSha256(volume))
  );
  assert.notEqual(huSha256(all[0]), huSha256(all[1]));
});

Deno.test("series that are no stack are refused by the rule they break", () => {
  const tilt = assertRefused(
    () => readScan(fixture("dicom/tilt")),
    "gantry-tilt",
    /12\.00 degrees/,
  );
  assert.equal(tilt.details.tilt, 12);
  assertRefused(() => readScan(fixture("dicom/uneven")), "uneven-spacing", /2\.5 mm, 3\.7 mm/);
  assertRefused(() => readScan(fixture("dicom/mixed")), "mixed-orientation", /b\.dcm/);
  assertRefused(
    () => readScan(fixture("dicom/compressed.dcm")),
    "compressed",
    /JPEG 2000 Lossless/,
  );
  assertRefused(() => readScan(fixture("dicom/colour.dcm")), "not-grey", /RGB/);
  assertRefused(() => readScan(fixture("dicom/structures.dcm")), "no-image", /RTSTRUCT/);
  assertRefused(() => readScan(fixture("absent")), "not-found", /absent/);
});

/** Copies the plain series to a folder under other names, and lets work change it. */
function withPlainSeries(work: (folder: string) => void): void {
  withFolder((folder) => {
    // Named in the order of the slices: c a e b d.
    ["c", "a", "e", "b", "d"].forEach((name, z) =>
      Deno.copyFileSync(fixture("dicom/plain", `${name}.dcm`), join(folder, `${z}`))
    );
    work(folder);
  });
}

Deno.test("file names do not matter, and what is no slice is left out and told", () => {
  withPlainSeries((folder) => {
    const plain = huSha256(readScan(fixture("dicom/plain")));
    assert.equal(huSha256(readScan(folder)), plain);
    Deno.writeTextFileSync(join(folder, "notes.txt"), "not DICOM");
    Deno.writeTextFileSync(join(folder, "junk.dcm"), "not DICOM either, though it says so");
    Deno.copyFileSync(fixture("dicom/structures.dcm"), join(folder, "rt.dcm"));
    Deno.copyFileSync(fixture("dicom/colour.dcm"), join(folder, "capture.dcm"));
    Deno.copyFileSync(join(folder, "2"), join(folder, "2 again"));
    const volume = readScan(folder);
    assert.equal(huSha256(volume), plain);
    assert.deepEqual(
      volume.report.map(({ rule, files }) => [rule, files?.join(" ")]),
      [
        ["not-dicom", "junk.dcm notes.txt"],
        ["not-an-image", "rt.dcm"],
        ["not-grey", "capture.dcm"],
        ["duplicate-slice", "2 again"],
      ],
    );
  });
});

Deno.test("a missing slice is named by its neighbours", () => {
  withPlainSeries((folder) => {
    Deno.removeSync(join(folder, "2"));
    assertRefused(() => readScan(folder), "missing-slice", /1 slice is missing/, /between 1 and 3/);
  });
});

Deno.test("a truncated file is named, wherever it is cut", () => {
  withPlainSeries((folder) => {
    const whole = Deno.readFileSync(join(folder, "3"));
    for (const length of [whole.length - 1, whole.length - 40, whole.length - 62, 601, 300, 150]) {
      Deno.writeFileSync(join(folder, "3"), whole.subarray(0, length));
      const error = assertRefused(
        () => readScan(folder),
        length < 320 ? "broken-file" : "truncated",
        ...length < 320 ? [] : [/\d+ bytes.*\d+ are there/],
      );
      assert.match(error.message, /^3 /, `cut to ${length}`);
    }
    Deno.removeSync(join(folder, "3"));
    Deno.writeFileSync(join(folder, "3.dcm"), new Uint8Array());
    assertRefused(() => readScan(folder), "truncated", /3\.dcm is empty/);
  });
});

Deno.test("different slices in one place are refused", () => {
  withPlainSeries((folder) => {
    const bytes = Deno.readFileSync(join(folder, "2"));
    bytes[bytes.length - 1] ^= 1;
    Deno.writeFileSync(join(folder, "2 other"), bytes);
    assertRefused(() => readScan(folder), "duplicate-position", /2/);
  });
});

Deno.test("a folder is searched with all that lies below it, and nothing at its top hides that", () => {
  withPlainSeries((folder) => {
    withFolder((disc) => {
      Deno.mkdirSync(join(disc, "IMAGES"));
      for (const { name } of Deno.readDirSync(folder)) {
        Deno.copyFileSync(join(folder, name), join(disc, "IMAGES", name));
      }
      assert.equal(readScan(disc).shape[0], 5);
      Deno.copyFileSync(join(folder, "0"), join(disc, "0"));
      const { shape, report } = readScan(disc);
      assert.equal(shape[0], 5);
      assert(report.some(({ rule }) => rule === "duplicate-slice"));
    });
  });
});

Deno.test("a DICOM file may be called .img", () => {
  withFolder((folder) => {
    const path = join(folder, "I0001.img");
    Deno.copyFileSync(fixture("dicom/syntax_explicit.dcm"), path);
    assert.equal(readScan(path).format, "dicom");
  });
});

Deno.test("a folder with nothing usable says what it has", () => {
  withFolder((folder) => {
    assertRefused(() => readScan(folder), "nothing-usable", /no files/);
    Deno.copyFileSync(fixture("nifti/plain.nii"), join(folder, "scan.nii"));
    const error = assertRefused(() => readScan(folder), "nothing-usable", /1 file not DICOM/);
    assert.match(error.advice ?? "", /scan\.nii/);
  });
});

Deno.test("inspect tells no names, UIDs or paths", () => {
  for (const name of ["dicom/plain", "dicom/enhanced.dcm", "dicom/per_slice", "nifti/plain.nii"]) {
    const text = JSON.stringify(inspectScan(fixture(name)));
    assert.doesNotMatch(text, /Fixture|fixture|1\.2\.826|\.dcm|plain/);
  }
});

Deno.test("the phase hook sees every read and all decoding, never nested", () => {
  const phases: string[] = [];
  let depth = 0;
  readScan(fixture("dicom/plain"), {
    onPhase: (phase, work) => {
      phases.push(phase);
      assert.equal(depth++, 0);
      const result = work();
      depth--;
      return result;
    },
  });
  assert.deepEqual([...new Set(phases)].sort(), ["decode", "read"]);
});

const chest = sharedData("chest-ct-dicom");
const lungs = sharedData("chest-ct-lungs-mask.nii.gz");
Deno.test({
  name: `a real chest CT and its lung mask lie on one grid${
    chest && lungs ? "" : " (skipped: ../shared/data is absent)"
  }`,
  ignore: chest === null || lungs === null,
  fn() {
    const scan = readScan(chest ?? "");
    const mask = readMask(lungs ?? "");
    requireSameGrid(scan, mask);
    assert.deepEqual(scan.shape, [105, 512, 512]);
    assert.equal(mask.voxels.reduce((sum, voxel) => sum + voxel, 0), 328288);
    let sum = 0;
    for (let z = 0; z < scan.shape[0]; z++) {
      const hu = hounsfieldSlice(scan, z);
      const offset = z * hu.length;
      for (let at = 0; at < hu.length; at++) if (mask.voxels[offset + at]) sum += hu[at];
    }
    // Aerated lung: a mirrored or shifted mask would cover tissue.
    assert(sum / 328288 < -600);
  },
});
