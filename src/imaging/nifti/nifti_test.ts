import assert from "node:assert/strict";
import { join } from "node:path";
import { Buffer } from "node:buffer";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { affineOf } from "../affine.ts";
import { readScan } from "../read.ts";
import { assertRefused, fixture, withFolder } from "../testing.ts";
import { gunzipWhole, gzipMask } from "./gzip.ts";
import { encodeNifti } from "./write.ts";

const plain = Deno.readFileSync(fixture("nifti/plain.nii"));

/** Reads bytes as a file of that name. */
function read(bytes: Uint8Array, name = "scan.nii") {
  return withFolder((folder) => {
    Deno.writeFileSync(join(folder, name), bytes);
    return readScan(join(folder, name));
  });
}

/** The plain file with some of its header changed. */
function changed(change: (view: DataView) => void): Uint8Array<ArrayBuffer> {
  const bytes = plain.slice();
  change(new DataView(bytes.buffer));
  return bytes;
}

Deno.test("a header that lies is refused without allocating what it claims", () => {
  const dims = (...sizes: number[]) =>
    changed((view) => sizes.forEach((size, at) => view.setInt16(40 + 2 * at, size, true)));
  assertRefused(() => read(dims(3, 32767, 32767, 32767)), "too-large", /32767x32767x32767/);
  assertRefused(() => read(dims(3, 2000, 2000, 500)), "truncated", /promises 4000000352 bytes/);
  assertRefused(() => read(gzipSync(dims(3, 2000, 2000, 500))), "truncated", /far more/);
  assertRefused(() => read(dims(3, 6, -5, 5)), "bad-shape", /6x-5x5/);
  assertRefused(() => read(dims(3, 0, 5, 5)), "bad-shape");
  assertRefused(() => read(dims(9, 6, 5, 5)), "bad-shape", /9 dimensions/);
  const at = (offset: number, value: number) =>
    changed((view) => view.setFloat32(offset, value, true));
  assertRefused(() => read(at(280, NaN)), "bad-affine");
  assertRefused(() => read(at(300, 0)), "bad-affine");
  assertRefused(() => read(at(108, 100)), "bad-offset", /byte 100/);
  assertRefused(() => read(at(108, 1e30)), "bad-offset");
  assertRefused(() => read(at(108, 400)), "truncated");
  assertRefused(() => read(changed((view) => view.setInt16(72, 64, true))), "datatype");
  assertRefused(
    () => read(changed((view) => view.setInt16(70, 1536, true))),
    "datatype",
    /float128/,
  );
});

Deno.test("scl_slope 0 or NaN is none; a slope without intercept is refused", () => {
  for (const slope of [0, NaN, Infinity]) {
    const scan = read(changed((view) => view.setFloat32(112, slope, true)));
    assert.deepEqual(scan.rescale, [{ slope: 1, intercept: 0 }]);
  }
  const broken = changed((view) => {
    view.setFloat32(112, 2, true);
    view.setFloat32(116, NaN, true);
  });
  assertRefused(() => read(broken), "bad-rescale");
});

Deno.test("a voxel size of a dimension that the file does not have is none", () => {
  // nifti1.h: pixdim[i] is the width along dimension i, for i of 1 to dim[0]
  const flat = (change: (view: DataView) => void) => {
    const bytes = Deno.readFileSync(fixture("nifti/flat.nii"));
    change(new DataView(bytes.buffer));
    return read(bytes);
  };
  assert.deepEqual(flat(() => {}).spacing, [2.5, 0.75, 0.5]); // its sform states it
  for (const thickness of [2.5, 0]) {
    const { spacing, source, report } = flat((view) => {
      view.setInt16(254, 0, true);
      view.setFloat32(88, thickness, true);
    });
    assert.equal(spacing, null);
    assert.deepEqual(source.affine.slice(0, 3).map((row) => row[2]), [0, 0, 1]);
    assert(report.some(({ message }) => message.includes("2 dimensions")));
  }
  const whole = flat((view) => {
    view.setInt16(254, 0, true);
    view.setInt16(40, 3, true);
  });
  assert.deepEqual(whole.spacing, [2.5, 0.75, 0.5]);
});

Deno.test("files that are no NIfTI, cut short, or damaged are refused by name", () => {
  assertRefused(() => read(new Uint8Array(1000)), "not-nifti", /scan\.nii/);
  assertRefused(() => read(new Uint8Array()), "truncated", /empty/);
  assertRefused(() => read(new TextEncoder().encode("hello"), "hello.txt"), "unknown-format");
  assertRefused(() => read(plain.subarray(0, 400)), "truncated", /scan\.nii is truncated/);
  const zipped = gzipSync(plain);
  assert.equal(read(zipped, "scan.nii.gz").shape[0], 5);
  assert.equal(read(zipped, "named wrongly.bin").shape[0], 5);
  const damaged = zipped.slice();
  damaged[damaged.length - 8] ^= 1; // the checksum
  assertRefused(() => read(damaged, "s.nii.gz"), "damaged-gzip", /s\.nii\.gz/);
  assertRefused(() => read(zipped.subarray(0, zipped.length - 20), "s.nii.gz"), "damaged-gzip");
  assertRefused(() => readScan(fixture("nifti/several.nii")), "several-volumes");
  assertRefused(() => readScan(fixture("nifti/complex.nii")), "datatype", /complex64/);
  assertRefused(() => readScan(fixture("nifti/sheared.nii")), "sheared", /78\.7 degrees/);
});

Deno.test("half a pair is refused with the name of the other half", () => {
  withFolder((folder) => {
    for (const half of ["hdr", "img"]) {
      const path = join(folder, `pair.${half}`);
      Deno.copyFileSync(fixture(`nifti/pair.${half}`), path);
      assertRefused(
        () => readScan(path),
        "missing-pair",
        half === "hdr" ? /pair\.img/ : /pair\.hdr/,
      );
      Deno.removeSync(path);
    }
  });
});

Deno.test("a single file with the magic of a pair is read as what it is", () => {
  const bytes = Deno.readFileSync(fixture("nifti/plain.nii"));
  const plain = read(bytes);
  bytes.set([0x6e, 0x69, 0x31, 0], 344);
  const { voxels, report } = read(bytes);
  assert.deepEqual(voxels, plain.voxels);
  assert(report.some(({ rule }) => rule === "magic-of-pair"));
  assertRefused(() => read(bytes.subarray(0, 348)), "missing-pair", /\.img/);
});

Deno.test("64-bit integers that no other type can hold are refused", () => {
  const wide = Deno.readFileSync(fixture("nifti/int64.nii"));
  new DataView(wide.buffer).setBigInt64(352, 2n ** 60n, true);
  assertRefused(() => read(wide), "datatype", /2\^53/);
  new DataView(wide.buffer).setBigInt64(352, 2n ** 40n, true);
  assert(read(wide).voxels instanceof Float64Array);
});

Deno.test("what is written is read back: voxels, rescale, sform, and qform alone", () => {
  const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
  fc.assert(
    fc.property(
      angle,
      angle,
      fc.boolean(),
      fc.constantFrom(Int16Array, Uint16Array, Int32Array, Float32Array, Float64Array),
      (a, b, mirrored, Kind) => {
        const [ca, sa, cb, sb] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
        const k = mirrored ? -3 : 3;
        const affine = affineOf(
          [ca, sa, 0],
          [-2 * sa * cb, 2 * ca * cb, 2 * sb],
          [k * sa * sb, -k * ca * sb, k * cb],
          [10, -20, 30],
        );
        const voxels = new Kind(Array.from({ length: 24 }, (_, at) => 3 * at));
        const bytes = encodeNifti({
          voxels,
          shape: [4, 3, 2],
          affine,
          rescale: { slope: 0.5, intercept: -1024 },
        });
        const near = (written: typeof affine, within: number) =>
          written.flat().forEach((value, at) =>
            assert(Math.abs(value - affine.flat()[at]) < within, `${value} at ${at}`)
          );
        const scan = read(bytes);
        near(scan.source.affine, 1e-5);
        assert.equal(scan.voxels.constructor, Kind);
        assert.deepEqual(scan.rescale, [{ slope: 0.5, intercept: -1024 }]);
        assert.deepEqual([...scan.voxels].sort((x, y) => x - y), [...voxels]);
        new DataView(bytes.buffer).setInt16(254, 0, true); // no sform: the qform must say the same,
        // as well as float32 quaternions can near a half turn.
        near(read(bytes).source.affine, 5e-3);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("half a turn that float32 cannot write exactly is half a turn, as in nibabel", () => {
  const turned = (b: number, c: number) => {
    const { affine } = read(changed((view) => {
      view.setInt16(252, 1, true);
      view.setInt16(254, 0, true);
      [1, 2, 2, 2].forEach((size, i) => view.setFloat32(76 + 4 * i, size, true));
      [b, c, 0, 0, 0, 0].forEach((value, i) => view.setFloat32(256 + 4 * i, value, true));
    })).source;
    return affine.slice(0, 3).map((row) => row.slice(0, 3));
  };
  // about the diagonal of x and y: these change places, and z turns round
  const exact = [[0, 2, 0], [2, 0, 0], [0, 0, -2]];
  turned(0.70710675, 0.70710675).flat().forEach((value, at) =>
    assert.ok(Math.abs(value - exact.flat()[at]) < 1e-6, `${value} at ${at}`)
  );
  // what is more than rounding is an angle
  assert.ok(turned(0.707, 0.707)[0][2] > 0.01);
});

Deno.test("a mask is one gzip member, the same bytes however it is cut, and any gunzip reads it", () => {
  // more than two of the pieces that it is compressed in, of runs and of noise
  const mask = Uint8Array.from(
    { length: 2.5 * 2 ** 20 },
    (_, at) => (at >> 12) % 3 === 0 ? (at * at) % 7 & 1 : (at >> 14) & 1,
  );
  const zipped = (parts: Uint8Array<ArrayBuffer>[]) => Buffer.concat([...gzipMask(parts)]);
  const whole = zipped([mask]);
  assert.deepEqual(whole, zipped([mask.subarray(0, 5), mask.subarray(5, 3e5), mask.subarray(3e5)]));
  assert.equal(Buffer.compare(gunzipSync(whole), mask), 0);
  assert.equal(Buffer.compare(gunzipWhole("mask", new Uint8Array(whole), mask.length), mask), 0);
  assert.deepEqual([...gunzipSync(zipped([]))], []);
});
