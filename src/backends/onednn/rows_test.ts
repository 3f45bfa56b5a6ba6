import assert from "node:assert/strict";
import fc from "fast-check";
import { longRows, repeatChannels, shortColumns, sumChannels } from "./rows.ts";

const VOXELS = fc.integer({ min: 1, max: 1e6 });
const CHANNELS = fc.integer({ min: 1, max: 800 });

Deno.test("columns are short and divide the voxels", () => {
  fc.assert(fc.property(VOXELS, CHANNELS, (voxels, channels) => {
    const depth = voxels / shortColumns(voxels, channels);
    assert.ok(Number.isInteger(depth) && depth <= 128);
  }));
  assert.equal(shortColumns(128 * 16384, 4), 16384);
  assert.equal(shortColumns(32 * 32, 728), 8, "rows are whole vectors");
  assert.equal(shortColumns(16384, 4, 64), 256);
});

Deno.test("long rows divide the voxels and are two at least", () => {
  fc.assert(fc.property(VOXELS, CHANNELS, (voxels, channels) => {
    const fold = longRows(voxels, channels);
    assert.equal(voxels % fold, 0);
    assert.ok(fold === 1 || voxels / fold >= 2 && fold * channels <= 1024);
  }));
});

Deno.test("numbers a channel are repeated, and added up again", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), CHANNELS, (times, channels) => {
    const wide = new Float32Array(times * channels);
    repeatChannels(wide, channels, (c) => c + 1);
    assert.deepEqual(wide, Float32Array.from(wide, (_, i) => i % channels + 1));
    const sums = new Float64Array(2 * channels);
    sumChannels(wide, sums, channels, channels);
    const expected = Float64Array.from(
      sums,
      (_, i) => i < channels ? 0 : times * (i - channels + 1),
    );
    assert.deepEqual(sums, expected);
  }));
});
