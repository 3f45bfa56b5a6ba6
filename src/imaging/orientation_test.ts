import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { affineOf, locate, type Vector } from "./affine.ts";
import { huSha256 } from "./hounsfield.ts";
import { readMask, writeMask } from "./masks.ts";
import { encodeNifti, writeNifti } from "./nifti/write.ts";
import {
  canonicalGrid,
  intoCanonical,
  sourceGrid,
  sourceParts,
  toCanonical,
  toSource,
} from "./orientation.ts";
import { readScan } from "./read.ts";
import { withFolder } from "./testing.ts";
import type { Affine, StoredVoxels } from "./volume.ts";

/** Every way in which i, j, k can run along the body: 6 orders, 8 signs. */
const ORIENTATIONS: readonly { readonly order: Vector; readonly signs: Vector }[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
].flatMap((order) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
    order: order as unknown as Vector,
    signs: [bits & 1 ? -1 : 1, bits & 2 ? -1 : 1, bits & 4 ? -1 : 1] as const,
  }))
);

const SIZES = [4, 5, 6]; // along the world's x, y, z
const SPACINGS = [0.5, 0.75, 2.5];

/** A scan whose value says where in the body a voxel lies, stored along the given axes. */
function stored({ order, signs }: { order: Vector; signs: Vector }): {
  voxels: Int16Array<ArrayBuffer>;
  shape: [number, number, number];
  affine: Affine;
} {
  const shape: [number, number, number] = [SIZES[order[0]], SIZES[order[1]], SIZES[order[2]]];
  const origin: [number, number, number] = [10, 20, 30];
  const steps = order.map((world, axis): Vector => {
    const step: [number, number, number] = [0, 0, 0];
    step[world] = signs[axis] * SPACINGS[world];
    if (signs[axis] < 0) origin[world] += (SIZES[world] - 1) * SPACINGS[world];
    return step;
  });
  const affine = affineOf(steps[0], steps[1], steps[2], origin);
  const voxels = new Int16Array(shape[0] * shape[1] * shape[2]);
  for (let k = 0, at = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      for (let i = 0; i < shape[0]; i++) voxels[at++] = valueAt(locate(affine, [i, j, k]));
    }
  }
  return { voxels, shape, affine };
}

function valueAt([x, y, z]: Vector): number {
  return Math.round(7 * x + 31 * y - 13 * z + 3 * x * y);
}

Deno.test("all 48 orientations give one volume, and masks go back to where they came from", () => {
  withFolder((folder) => {
    const first = readScanOf(folder, stored(ORIENTATIONS[0]));
    const hash = huSha256(first);
    for (const orientation of ORIENTATIONS) {
      const image = stored(orientation);
      const scan = readScanOf(folder, image);
      assert.equal(huSha256(scan), hash, scan.source.orientation);
      assert.deepEqual(scan.affine, first.affine);
      assert.deepEqual(scan.spacing, [2.5, 0.75, 0.5]);

      const mask = Uint8Array.from(scan.voxels, (value) => value > 100 ? 1 : 0);
      const path = join(folder, "mask.nii.gz");
      writeMask(path, mask, scan);
      const back = readMask(path);
      assert.deepEqual(back.voxels, mask);
      assert.deepEqual(back.source.shape, image.shape);
      assert.deepEqual(back.source.affine, image.affine);
    }
  });
});

function readScanOf(folder: string, image: Parameters<typeof encodeNifti>[0]) {
  const path = join(folder, "scan.nii");
  writeNifti(path, image);
  return readScan(path);
}

Deno.test("each canonical voxel keeps its place in the world", () => {
  for (const orientation of ORIENTATIONS) {
    const { voxels, shape, affine } = stored(orientation);
    const source = sourceGrid(shape, affine);
    const grid = canonicalGrid(source);
    const canonical = toCanonical(voxels, source);
    const [sizeZ, sizeY, sizeX] = grid.shape;
    for (let z = 0, at = 0; z < sizeZ; z++) {
      for (let y = 0; y < sizeY; y++) {
        for (let x = 0; x < sizeX; x++, at++) {
          assert.equal(canonical[at], valueAt(locate(grid.affine, [x, y, z])));
        }
      }
    }
    assert(grid.affine[0][0] < 0 && grid.affine[1][1] < 0 && grid.affine[2][2] > 0);
  }
});

Deno.test("oblique axes go to the closest direction, and reordering undoes itself", () => {
  const angle = fc.double({ min: -0.7, max: 0.7, noNaN: true });
  const sizes = fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 70 })));
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 47 }),
      angle,
      sizes,
      fc.constantFrom(Uint8Array, Int16Array, Float32Array, Float64Array),
      (index, turn, [i, j, k], Kind) => {
        const { affine } = stored(ORIENTATIONS[index]);
        const rotated = rotateZ(affine, turn);
        const source = sourceGrid([i, j, k], rotated);
        // A turn of less than 45 degrees about z changes no letter.
        assert.equal(source.orientation, sourceGrid([i, j, k], affine).orientation);
        const voxels = new Kind(Array.from({ length: i * j * k }, (_, at) => at % 251));
        const canonical = toCanonical(voxels, source);
        assert.deepEqual(toSource(canonical, source), voxels);
        for (const bytes of [1, 3 * i * j * voxels.BYTES_PER_ELEMENT]) {
          let at = 0;
          for (const part of sourceParts<StoredVoxels>(canonical, source, bytes)) {
            assert.deepEqual(part, voxels.subarray(at, at += part.length));
          }
          assert.equal(at, voxels.length);
        }
        assert.deepEqual(intoCanonical<StoredVoxels>(voxels.slice(), source), canonical);
      },
    ),
    { numRuns: 100 },
  );
});

function rotateZ(affine: Affine, turn: number): Affine {
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const mix = (a: number, b: number) =>
    [0, 1, 2, 3].map((at) => a * affine[0][at] + b * affine[1][at]) as unknown as Affine[0];
  return [mix(c, -s), mix(s, c), affine[2], affine[3]];
}
