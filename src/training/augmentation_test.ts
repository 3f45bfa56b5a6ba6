import assert from "node:assert/strict";
import fc from "fast-check";
import { type Random, random } from "../base/random.ts";
import { AUGMENTATIONS } from "./augmentation.ts";
import type { Sample } from "./sample.ts";

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 40 }),
);

/** Every voxel differs, and the target is a function of the image. */
function sampleOf(shape: readonly [number, number, number]): Sample {
  const count = shape[0] * shape[1] * shape[2];
  const image = Float32Array.from({ length: count }, (_, i) => (i + 1) / count);
  return { image, target: image.map((value) => value / 2), shape };
}

const copyOf = ({ image, target, shape }: Sample): Sample => ({
  image: image.slice(),
  target: target.slice(),
  shape,
});

/** Draws that are given: shares below 1. */
function given(...draws: number[]): Random {
  const uniform = () => draws.shift()!;
  return { uniform, integer: (bound) => Math.floor(uniform() * bound), normal: uniform };
}

Deno.test("image and target are flipped together; the same flip again takes it back", () => {
  fc.assert(fc.property(shapes, fc.nat(), (shape, seed) => {
    const sample = sampleOf(shape);
    const before = copyOf(sample);
    AUGMENTATIONS.flip(sample, random(seed));
    sample.image.forEach((value, i) => assert.equal(sample.target[i], Math.fround(value / 2)));
    AUGMENTATIONS.flip(sample, random(seed));
    assert.deepEqual(sample, before);
  }));
});

Deno.test("a flip mirrors the axis that it drew", () => {
  const at = ([, height, width]: Sample["shape"], z: number, y: number, x: number) =>
    (z * height + y) * width + x;
  const shape = [3, 4, 5] as const;
  const { image } = sampleOf(shape);
  for (const [axis, mirrored] of [[2, 3, 4] as const, [1, 2, 0] as const].entries()) {
    const draws = axis === 0 ? [0.1, 0.1, 0.1] : [0.1, 0.9, 0.1];
    const sample = sampleOf(shape);
    AUGMENTATIONS.flip(sample, given(...draws));
    const [z, y, x] = mirrored;
    const from = at(shape, 2 - z, axis === 0 ? 3 - y : y, 4 - x);
    assert.equal(sample.image[at(shape, z, y, x)], image[from]);
  }
});

Deno.test("a shift moves image and target together and brings in zeros", () => {
  fc.assert(fc.property(shapes, fc.nat(), (shape, seed) => {
    const sample = sampleOf(shape);
    const { image: before } = copyOf(sample);
    AUGMENTATIONS.shift(sample, random(seed));
    const draw = random(seed);
    const [dz, dy, dx] = shape.map((size) => {
      const reach = Math.floor(size / 16);
      return draw.integer(2 * reach + 1) - reach;
    });
    const [slices, height, width] = shape;
    sample.image.forEach((value, i) => {
      const [z, y, x] = [
        Math.floor(i / width / height) - dz,
        Math.floor(i / width) % height - dy,
        i % width - dx,
      ];
      const inside = z >= 0 && z < slices && y >= 0 && y < height && x >= 0 && x < width;
      assert.equal(value, inside ? before[(z * height + y) * width + x] : 0);
      assert.equal(sample.target[i], Math.fround(value / 2));
    });
  }));
});

Deno.test("intensity stays within [0, 1], keeps the order of greys and leaves the target", () => {
  fc.assert(fc.property(shapes, fc.nat(), (shape, seed) => {
    const sample = sampleOf(shape);
    const before = copyOf(sample);
    AUGMENTATIONS.intensity(sample, random(seed));
    assert.deepEqual(sample.target, before.target);
    sample.image.forEach((value, i) => {
      assert.ok(value >= 0 && value <= 1 && value >= (sample.image[i - 1] ?? 0));
    });
  }));
  const sample = sampleOf([1, 1, 2]);
  AUGMENTATIONS.intensity(sample, given(0.25, 0.75));
  assert.deepEqual(sample.image, Float32Array.of(0.5 * 0.95 + 0.05, 1));
});
