import assert from "node:assert/strict";
import fc from "fast-check";
import { longRows, shortColumns, squareRows } from "./rows.ts";

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

Deno.test("square rows divide the voxels, and are no longer than columns or than is wide", () => {
  fc.assert(fc.property(VOXELS, CHANNELS, (voxels, channels) => {
    const fold = squareRows(voxels, channels);
    assert.equal(voxels % fold, 0);
    assert.ok(fold === 1 || fold * fold <= voxels && fold * channels <= 4096);
  }));
  assert.equal(squareRows(512 * 512, 1), 512);
  assert.equal(squareRows(512 * 512, 16), 256);
});
