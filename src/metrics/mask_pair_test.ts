import assert from "node:assert/strict";
import { InputError } from "../base/errors.ts";
import { MaskPair } from "./mask_pair.ts";
import { METRICS } from "./mod.ts";

const GRID = { shape: [1, 2, 2], spacing: null } as const;

Deno.test("a mask of the wrong size, a label and a spacing of zero are refused by name", () => {
  const mask = new Uint8Array(4);
  assert.throws(() => new MaskPair(new Uint8Array(3), mask, GRID), {
    name: "InputError",
    message: /prediction has 3 voxels.*1x2x2 has 4/,
  });
  assert.throws(() => new MaskPair(mask, Uint8Array.of(0, 1, 0, 2), GRID), {
    name: "InputError",
    message: /truth holds 2 at voxel 3/,
  });
  assert.throws(() => new MaskPair(mask, mask, { ...GRID, spacing: [0, 1, 1] }), InputError);
});

Deno.test("what is shared is computed once a pair", () => {
  let calls = 0;
  const count = (pair: MaskPair) => (calls++, pair.truth.length);
  const pair = new MaskPair(new Uint8Array(4), new Uint8Array(4), GRID);
  assert.deepEqual([pair.shared(count), pair.shared(count), calls], [4, 4, 1]);
});

Deno.test("no two metrics have one name", () => {
  assert.equal(new Set(METRICS.map(({ name }) => name)).size, METRICS.length);
});
