import assert from "node:assert/strict";
import { type Random, random } from "../base/random.ts";
import { AUGMENTATIONS } from "./augmentation.ts";
import type { Sample } from "./sample.ts";

const [SLICES, HEIGHT, WIDTH] = [4, 32, 24];

/** Greys that rise evenly along rows and columns, so that interpolation is exact. */
function plane(): Sample {
  const image = Float32Array.from(
    { length: SLICES * HEIGHT * WIDTH },
    (_, i) => 0.1 + 0.01 * (Math.floor(i / WIDTH) % HEIGHT) + 0.02 * (i % WIDTH),
  );
  return { image, target: image.map(() => 1), shape: [SLICES, HEIGHT, WIDTH] };
}

/** Draws that are given: shares below 1. */
function given(...draws: number[]): Random {
  const uniform = () => draws.shift()!;
  return { uniform, integer: (bound) => Math.floor(uniform() * bound), normal: uniform };
}

const at = (values: Float32Array, z: number, y: number, x: number) =>
  values[(z * HEIGHT + y) * WIDTH + x];

Deno.test("affine without turn or stretch changes nothing; every slice is moved alike", () => {
  const [sample, before] = [plane(), plane()];
  AUGMENTATIONS.affine(sample, given(0.5, 0.5, 0.5));
  sample.image.forEach((value, i) => assert.ok(Math.abs(value - before.image[i]) < 1e-6));
  assert.deepEqual(sample.target, before.target);
  AUGMENTATIONS.affine(sample, random(3));
  const size = HEIGHT * WIDTH;
  assert.deepEqual(sample.image.slice(0, size), sample.image.slice(3 * size));
});

Deno.test("affine stretches rows by 1.25 and shrinks columns by it about the centre", () => {
  const { image, target } = ((sample) => (AUGMENTATIONS.affine(sample, given(0.5, 1, 0)), sample))(
    plane(),
  );
  for (const [y, x] of [[4, 7], [15, 12], [27, 16]]) {
    const [row, column] = [15.5 + (y - 15.5) / 1.25, 11.5 + (x - 11.5) * 1.25];
    assert.ok(Math.abs(at(image, 2, y, x) - (0.1 + 0.01 * row + 0.02 * column)) < 1e-6);
    assert.equal(at(target, 2, y, x), 1);
  }
  // beyond the edge
  assert.equal(at(image, 2, 15, 0), 0);
  assert.equal(at(target, 2, 15, 0), 0);
});

Deno.test("affine turns by ten degrees at most", () => {
  const { image } = ((sample) => (AUGMENTATIONS.affine(sample, given(1, 0.5, 0.5)), sample))(
    plane(),
  );
  const angle = Math.PI / 18;
  const [dy, dx] = [20 - 15.5, 14 - 11.5];
  const row = 15.5 + Math.cos(angle) * dy + Math.sin(angle) * dx;
  const column = 11.5 + Math.cos(angle) * dx - Math.sin(angle) * dy;
  assert.ok(Math.abs(at(image, 0, 20, 14) - (0.1 + 0.01 * row + 0.02 * column)) < 1e-6);
});

Deno.test("sparse keeps every k-th slice in front, with its mask, and leaves single slices alone", () => {
  const sample = plane();
  for (const values of [sample.image, sample.target]) {
    for (let z = 0; z < SLICES; z++) {
      values.fill((z + 1) / 8, z * HEIGHT * WIDTH, (z + 1) * HEIGHT * WIDTH);
    }
  }
  // every second from the second on
  AUGMENTATIONS.sparse(sample, given(0.4, 0, 0.6));
  for (const values of [sample.image, sample.target]) {
    assert.deepEqual([0, 1, 2, 3].map((z) => at(values, z, 9, 9)), [2 / 8, 4 / 8, 0, 0]);
  }
  const one: Sample = {
    image: Float32Array.of(0.3),
    target: Float32Array.of(1),
    shape: [1, 1, 1],
  };
  AUGMENTATIONS.sparse(one, given(0));
  assert.deepEqual([...one.image, ...one.target], [Math.fround(0.3), 1]);
});
