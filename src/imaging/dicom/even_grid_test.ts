import assert from "node:assert/strict";
import { locate, type Vector } from "../affine.ts";
import { readScan } from "../read.ts";
import { fixture } from "../testing.ts";
import { evenGrid, interpolate, onGrid, onSlices } from "./even_grid.ts";

const LEAN = 0.3;
const ROW: Vector = [1, 0, 0];
const COLUMN: Vector = [0, Math.cos(LEAN), -Math.sin(LEAN)];
const HEIGHTS = [0, 4, 8, 11, 12, 19, 26];
const [COLUMNS, ROWS] = [12, 10];
const SPACING = [0.8, 0.5] as const;

/** Slices of a tilted gantry, unevenly far apart along the table. */
const places = {
  positions: HEIGHTS.map((z): Vector => [-3, -4, 20 + z]),
  row: ROW,
  column: COLUMN,
  pixelSpacing: SPACING,
  plane: [COLUMNS, ROWS] as const,
};

/** A field that is linear in space: interpolation must give it back. */
const field = ([x, y, z]: Vector) => 3 * x - 2 * y + 0.7 * z + 100;

Deno.test("a field that is linear in space is the same on the even, upright grid", () => {
  const grid = evenGrid("it", places);
  const slices = places.positions.map((position) =>
    Float32Array.from({ length: COLUMNS * ROWS }, (_, at) => {
      const [i, j] = [at % COLUMNS, Math.floor(at / COLUMNS)];
      const along = (axis: 0 | 1 | 2) =>
        position[axis] + i * SPACING[1] * ROW[axis] + j * SPACING[0] * COLUMN[axis];
      return field([along(0), along(1), along(2)]);
    })
  );
  const voxels = interpolate(grid, (k) => slices[k], NaN);
  const [width, rows, planes] = grid.shape;
  assert(rows > ROWS, "what lies aside must fit in");
  let inside = 0;
  voxels.forEach((value, at) => {
    const voxel: Vector = [
      at % width,
      Math.floor(at / width) % rows,
      Math.floor(at / (width * rows)),
    ];
    const want = field(locate(grid.affine, voxel));
    if (Number.isNaN(value)) return;
    assert(Math.abs(value - want) < 1e-2, `${value} for ${want} at ${voxel}`);
    inside++;
  });
  assert(inside > 0.5 * COLUMNS * ROWS * planes);
  assert.deepEqual(grid.affine[2].slice(0, 2).map((value) => Math.abs(value) < 1), [true, true]);
});

Deno.test("a mask goes to the grid and comes back to its slices", () => {
  const grid = evenGrid("it", places);
  // A box in the middle of every slice.
  const pixels = Uint8Array.from({ length: COLUMNS * ROWS * HEIGHTS.length }, (_, at) => {
    const [i, j] = [at % COLUMNS, Math.floor(at / COLUMNS) % ROWS];
    return i >= 3 && i < 9 && j >= 2 && j < 8 ? 1 : 0;
  });
  const back = onSlices(grid, onGrid(grid, pixels));
  const size = COLUMNS * ROWS;
  const dice = HEIGHTS.map((_, k) => {
    const [a, b] = [pixels, back].map((mask) => mask.subarray(k * size, (k + 1) * size));
    const both = a.filter((value, at) => value === 1 && b[at] === 1).length;
    return 2 * both / (a.filter(Boolean).length + b.filter(Boolean).length);
  });
  // A slice between two planes may come back from a neighbour, half a row aside.
  assert(Math.min(...dice) > 0.8, dice.join(" "));
});

Deno.test("uneven and tilted series are read with resample, and told so", () => {
  for (const name of ["uneven", "tilt"]) {
    const volume = readScan(fixture("dicom", name), { resample: true });
    assert(volume.report.some(({ rule, kind }) => rule === "resampled" && kind === "warning"));
    assert.equal(volume.dicom?.slices.length, 4);
    assert.equal(volume.voxels.length, volume.shape.reduce((a, b) => a * b));
  }
  const even = readScan(fixture("dicom/plain"), { resample: true });
  assert.equal(even.dicom?.even, null);
  assert(!even.report.some(({ rule }) => rule === "resampled"));
});
