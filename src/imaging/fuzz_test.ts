import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../base/errors.ts";
import { factsOf } from "./inspect.ts";
import { readMask } from "./masks.ts";
import { readScan } from "./read.ts";
import { fixture, withFolder } from "./testing.ts";

const FILES = [
  "dicom/syntax_implicit.dcm",
  "dicom/syntax_explicit.dcm",
  "dicom/syntax_big_endian.dcm",
  "dicom/syntax_deflated.dcm",
  "dicom/bare_implicit.dcm",
  "dicom/enhanced.dcm",
  "dicom/modality_lut.dcm",
  "nifti/plain.nii",
  "nifti/big_endian.nii",
  "nifti/nifti2.nii",
  "nifti/extension.nii",
  "nifti/int64.nii",
];

/** Changes to bytes: some overwritten, the rest cut off. */
const damage = fc.record({
  edits: fc.array(
    fc.record({ at: fc.nat(), byte: fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat(255)) }),
    { maxLength: 6 },
  ),
  keep: fc.option(fc.nat(1000).map((part) => part / 1000), { freq: 4 }),
});

/** Whatever the bytes are, there is a consistent volume or an InputError, and nothing else. */
function survives(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    assert(error instanceof InputError, `not an InputError: ${error}`);
    assert.notEqual(error.message, "");
  }
}

/** Each run starts a worker. */
const COMPRESSED = ["rle_16", "ls", "j2k", "fragments_bare"]
  .map((name) => `compressed/${name}.dcm`);

for (const name of [...FILES, ...COMPRESSED]) {
  Deno.test(`${name}: damaged bytes give a volume or an InputError`, () => {
    const whole = Deno.readFileSync(fixture(name));
    withFolder((folder) => {
      const path = join(folder, name.replace("/", "-"));
      fc.assert(
        fc.property(damage, ({ edits, keep }) => {
          const bytes = whole.slice();
          // Most of a small file is header; half of the edits go to its first part in any case.
          edits.forEach(({ at, byte }, index) =>
            bytes[at % (index % 2 === 0 ? bytes.length : Math.min(bytes.length, 400))] = byte
          );
          Deno.writeFileSync(path, bytes.subarray(0, Math.ceil((keep ?? 1) * bytes.length)));
          survives(() => {
            const { voxels, shape } = factsOf(readScan(path));
            assert(shape.every((size) => size > 0));
            assert.match(voxels.sha256, /^[0-9a-f]{64}$/);
          });
          survives(() => readMask(path));
        }),
        { numRuns: COMPRESSED.includes(name) ? 15 : 200 },
      );
    });
  });
}

Deno.test("random bytes are refused", () => {
  withFolder((folder) => {
    const names = fc.constantFrom("scan.nii", "scan.nii.gz", "scan.dcm", "scan.hdr", "scan");
    const starts = fc.constantFrom([], [0x1f, 0x8b, 8, 0], [0x5c, 1, 0, 0], [8, 0, 5, 0]);
    fc.assert(
      fc.property(names, starts, fc.uint8Array({ maxLength: 1000 }), (name, start, rest) => {
        const path = join(folder, name);
        Deno.writeFileSync(path, Uint8Array.from([...start, ...rest]));
        survives(() => {
          readScan(path);
          assert.fail("random bytes are no scan");
        });
      }),
    );
  });
});
