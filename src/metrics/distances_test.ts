import assert from "node:assert/strict";
import fc from "fast-check";
import { distancesToNearest, type Triple } from "./distances.ts";

interface Scene {
  readonly shape: Triple;
  readonly spacing: Triple;
  readonly sites: Uint8Array;
  readonly queries: Uint8Array;
}

const size = fc.integer({ min: 1, max: 7 });
const millimetres = fc.double({ min: 0.2, max: 6, noNaN: true });
const scenes: fc.Arbitrary<Scene> = fc.tuple(size, size, size).chain((shape) => {
  const voxels = shape[0] * shape[1] * shape[2];
  const points = fc.integer({ min: 1, max: 12 }).chain((rarity) =>
    fc.array(fc.integer({ min: 0, max: rarity }), { minLength: voxels, maxLength: voxels })
      .map((draws) => Uint8Array.from(draws, (draw) => (draw === 0 ? 1 : 0)))
  );
  return fc.record({
    shape: fc.constant(shape),
    spacing: fc.tuple(millimetres, millimetres, millimetres),
    sites: points,
    queries: points,
  });
});

function byTryingAll({ shape, spacing, sites, queries }: Scene): number[] {
  const place = (i: number) => [
    Math.floor(i / (shape[1] * shape[2])) * spacing[0],
    Math.floor(i / shape[2]) % shape[1] * spacing[1],
    i % shape[2] * spacing[2],
  ];
  const at = (points: Uint8Array) =>
    Array.from(points).flatMap((point, i) => (point ? [place(i)] : []));
  const places = at(sites);
  return at(queries).map((q) =>
    Math.min(...places.map((s) => Math.hypot(q[0] - s[0], q[1] - s[1], q[2] - s[2])))
  );
}

Deno.test("distances are those found by trying every site", () => {
  fc.assert(fc.property(scenes, (scene) => {
    const found = distancesToNearest(scene.sites, scene.queries, scene.shape, scene.spacing);
    const expected = byTryingAll(scene);
    assert.equal(found.length, expected.length);
    expected.forEach((distance, i) => {
      if (distance === Infinity) assert.equal(found[i], Infinity);
      else assert.ok(Math.abs(found[i] - distance) < 1e-9, `${found[i]} is not ${distance}`);
    });
  }));
});
