/** Every metric against scipy, MONAI and surface-distance (fixtures/metrics/make_fixtures.py). */

import assert from "node:assert/strict";
import { type MetricGrid, METRICS } from "./mod.ts";
import { evaluatePair } from "./mod.ts";
import { surfaceElementAreas } from "./surface_elements.ts";
import type { Triple } from "./distances.ts";

interface Fixture {
  readonly surfaceElements: readonly { readonly spacing: Triple; readonly areas: number[] }[];
  readonly cases: readonly (MetricGrid & {
    readonly name: string;
    readonly stackBorders: number[] | null;
    readonly prediction: string;
    readonly truth: string;
    readonly expected: Readonly<Record<string, number | null>>;
  })[];
}

const FIXTURE: Fixture = JSON.parse(
  Deno.readTextFileSync(new URL("../../fixtures/metrics/metrics.json", import.meta.url)),
);

/** Bits, the first voxel in the lowest, as bytes of 0 and 1. */
function unpacked(bits: string, shape: Triple): Uint8Array {
  const bytes = Uint8Array.from(atob(bits), (character) => character.charCodeAt(0));
  const voxels = shape[0] * shape[1] * shape[2];
  return Uint8Array.from({ length: voxels }, (_, i) => (bytes[i >> 3] >> (i & 7)) & 1);
}

const toleranceOf = (name: string) => (name === "hd95_voxel" ? 1e-4 : 1e-6);

for (const { name, prediction, truth, stackBorders, expected, ...grid } of FIXTURE.cases) {
  Deno.test(`metrics agree with their peers: ${name}`, () => {
    const ours = evaluatePair(
      unpacked(prediction, grid.shape),
      unpacked(truth, grid.shape),
      grid,
      stackBorders === null ? {} : { stackBorders },
    );
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(expected).sort());
    for (const { name: metric } of METRICS) {
      const { value, reason } = ours[metric];
      const peer = expected[metric];
      if (value === null || peer === null) assert.equal(value, peer, `${metric}: ${reason}`);
      else {
        const off = Math.abs(value - peer);
        assert.ok(off <= toleranceOf(metric), `${metric} is ${value}, its peer says ${peer}`);
      }
    }
  });
}

Deno.test("areas of surface elements are those of surface-distance, for all 256 codes", () => {
  for (const { spacing, areas } of FIXTURE.surfaceElements) {
    const ours = surfaceElementAreas(spacing);
    assert.equal(areas.length, 256);
    areas.forEach((area, code) => assert.ok(Math.abs(ours[code] - area) < 1e-12, `code ${code}`));
  }
});
