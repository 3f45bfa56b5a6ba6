import assert from "node:assert/strict";
import { random } from "../base/random.ts";
import { type AugmentationName, AUGMENTATIONS } from "./augmentation.ts";
import type { Sample } from "./sample.ts";

const SHAPE = [3, 16, 20] as const;
const PLANE = 16 * 20;

/** Greys that rise along the rows of two slices; the third is padding. */
function ramp(): Sample {
  const image = new Float32Array(3 * PLANE);
  for (let i = 0; i < 2 * PLANE; i++) image[i] = 0.1 + 0.04 * (i % 20);
  return { image, target: image.map((value) => Number(value > 0.5)), shape: SHAPE };
}

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

Deno.test("greys change within [0, 1]; padding, masks and what a seed gives do not", () => {
  for (const name of ["tone", "noise", "sharpness"] satisfies AugmentationName[]) {
    const changed = SEEDS.filter((seed) => {
      const [sample, again, before] = [ramp(), ramp(), ramp()];
      AUGMENTATIONS[name](sample, random(seed));
      AUGMENTATIONS[name](again, random(seed));
      assert.deepEqual(sample, again);
      assert.deepEqual(sample.target, before.target);
      assert.ok(sample.image.every((value) => value >= 0 && value <= 1));
      assert.ok(sample.image.subarray(2 * PLANE).every((value) => value === 0), name);
      return sample.image.some((value, i) => value !== before.image[i]);
    });
    assert.ok(name === "tone" ? changed.length === 40 : changed.length > 8 && changed.length < 32);
  }
});

Deno.test("tone keeps the order of greys, brightens some samples and darkens others", () => {
  const means = SEEDS.map((seed) => {
    const { image } = ((sample) => (AUGMENTATIONS.tone(sample, random(seed)), sample))(ramp());
    for (let x = 1; x < 20; x++) assert.ok(image[x] > image[x - 1]);
    return image.subarray(0, 20).reduce((sum, value) => sum + value, 0) / 20;
  });
  assert.ok(Math.min(...means) < 0.43 && Math.max(...means) > 0.53);
});

Deno.test("sharpness leaves what rises evenly, and moves a point towards or off its surroundings", () => {
  const peaks = SEEDS.map((seed) => {
    const sample = ramp();
    const point = 5 * 20 + 10;
    sample.image[point] += 0.09;
    const before = sample.image.slice();
    AUGMENTATIONS.sharpness(sample, random(seed));
    // two columns off the point
    assert.ok(Math.abs(sample.image[point + 2] - before[point + 2]) < 1e-6);
    const moved = sample.image[point] - before[point];
    // what the point is above the mean of the nine, times the share
    assert.ok(Math.abs(moved) <= 0.08 + 1e-6);
    return moved;
  });
  assert.ok(Math.min(...peaks) < -0.04 && Math.max(...peaks) > 0.04);
});
