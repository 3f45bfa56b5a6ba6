import assert from "node:assert/strict";
import fc from "fast-check";
import type { Triple } from "./distances.ts";
import { evaluatePair } from "./mod.ts";

const GRID = { shape: [10, 11, 12], spacing: [2.5, 0.7, 0.9] } as const;

/** A box of foreground on the grid of the tests. */
function box(start: Triple, size: Triple, shape: Triple = GRID.shape): Uint8Array {
  const mask = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let z = start[0]; z < start[0] + size[0]; z++) {
    for (let y = start[1]; y < start[1] + size[1]; y++) {
      for (let x = start[2]; x < start[2] + size[2]; x++) {
        mask[(z * shape[1] + y) * shape[2] + x] = 1;
      }
    }
  }
  return mask;
}

const small = (max: number) => fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max })));
const boxes = fc.record({
  start: small(3),
  size: small(3).map((sizes) => sizes.map((size) => size + 1)),
}).map(({ start, size }) => ({
  start: [start[0], start[1], start[2]] as const,
  size: [size[0], size[1], size[2]] as const,
}));
const DISTANCES = ["hd95", "hd95_voxel", "surface_dice_1mm", "surface_dice_2mm"];

Deno.test("identical masks lie at 0 mm and share all their surface", () => {
  fc.assert(fc.property(boxes, ({ start, size }) => {
    const mask = box(start, size);
    const found = evaluatePair(mask, mask, GRID);
    assert.deepEqual(DISTANCES.map((name) => found[name].value), [0, 0, 1, 1]);
  }));
});

Deno.test("distances do not change when both masks move together or change places", () => {
  fc.assert(fc.property(boxes, boxes, small(3), (a, b, by) => {
    const move = ([z, y, x]: Triple): Triple => [z + by[0], y + by[1], x + by[2]];
    const here = evaluatePair(box(a.start, a.size), box(b.start, b.size), GRID);
    const there = evaluatePair(box(move(b.start), b.size), box(move(a.start), a.size), GRID);
    for (const name of DISTANCES) {
      assert.ok(Math.abs(here[name].value! - there[name].value!) < 1e-12, name);
    }
  }));
});

Deno.test("a shift of thin parallel sheets is found in mm", () => {
  const sheets = [box([1, 0, 0], [1, 11, 12]), box([4, 0, 0], [1, 11, 12])] as const;
  assert.equal(evaluatePair(...sheets, GRID).hd95_voxel.value, 7.5);
  assert.equal(evaluatePair(...sheets, { ...GRID, spacing: [0.5, 1, 1] }).hd95_voxel.value, 1.5);
  // The cubes on both sides of a sheet are two slices wide, so the near ones lie 2 steps apart.
  const { hd95, surface_dice_1mm } = evaluatePair(...sheets, { ...GRID, spacing: [0.5, 1, 1] });
  assert.equal(hd95.value, 1.5);
  assert.ok(surface_dice_1mm.value! > 0.4 && surface_dice_1mm.value! < 0.6);
});

Deno.test("without spacing or without a surface there is no distance, and the reason is told", () => {
  const mask = box([1, 1, 1], [2, 2, 2]);
  const empty = new Uint8Array(mask.length);
  assert.match(evaluatePair(mask, mask, { ...GRID, spacing: null }).hd95.reason!, /spacing/);
  assert.equal(evaluatePair(empty, mask, GRID).hd95.reason, "the prediction is empty");
  assert.equal(evaluatePair(mask, empty, GRID).hd95_voxel.reason, "the truth is empty");
  assert.equal(evaluatePair(mask, empty, GRID).surface_dice_1mm.value, 0);
  assert.match(evaluatePair(empty, empty, GRID).surface_dice_1mm.reason!, /both empty/);
});
