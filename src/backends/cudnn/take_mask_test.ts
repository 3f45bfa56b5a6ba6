import assert from "node:assert/strict";
import fc from "fast-check";
import { takeMask } from "./take_mask.ts";

Deno.test("a mask is taken as it is, whatever its length, and one voxel that is no number is noticed", () => {
  const runs = fc.array(
    fc.record({ length: fc.integer({ min: 1, max: 9000 }), value: fc.constantFrom(0, 1) }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(fc.property(runs, fc.nat(), (parts, at) => {
    const mask = Uint8Array.from(parts.flatMap(({ length, value }) => Array(length).fill(value)));
    const target = new Uint8Array(mask.length);
    assert.ok(takeMask(mask, target));
    assert.deepEqual(target, mask);
    mask[at % mask.length] = 2;
    assert.ok(!takeMask(mask, new Uint8Array(mask.length)));
  }));
});
