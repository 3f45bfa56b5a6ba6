import assert from "node:assert/strict";
import { random } from "../base/random.ts";
import { emptyBatch, fillBatch, fillDropout } from "./batches.ts";
import type { TrainingScan } from "./scans.ts";

Deno.test("a dropout drops its share and keeps the mean of the rest", () => {
  for (const rate of [0, 0.05, 0.1, 0.5]) {
    for (const count of [100_000, 99_999]) {
      const mask = new Float32Array(count).fill(NaN);
      fillDropout(mask, rate, random(3, "dropout", rate));
      const kept = mask.find((value) => value !== 0)!;
      assert.ok(Math.abs(kept * (1 - rate) - 1) < 2e-5);
      assert.ok(mask.every((value) => value === 0 || value === kept));
      const dropped = mask.filter((value) => value === 0).length / count;
      // five standard deviations
      assert.ok(Math.abs(dropped - rate) <= 5 * Math.sqrt(rate * (1 - rate) / count) + 1e-5);
      const [even, odd] = [0, 1].map((first) =>
        mask.filter((value, i) => i % 2 === first && value === 0).length / count
      );
      assert.ok(Math.abs(even - odd) <= 5 * Math.sqrt(rate * (1 - rate) / count) + 1e-5);
    }
  }
});

const scan = (slices: number, first: number): TrainingScan => ({
  case: 0,
  label: "scan",
  slices,
  image: Float32Array.from({ length: slices * 4 }, (_, i) => first + i / 64),
  truth: Uint8Array.from({ length: slices * 4 }, (_, i) => i % 2),
  field: null,
  warnings: [],
});

Deno.test("slices that a scan lacks are 0, also after a batch that had them", () => {
  const model = { inputShape: [1, 1, 3, 2, 2], dimensions: 3 } as const;
  const batch = emptyBatch(model);
  const scans = [scan(3, 0.25), scan(2, 0.5)];
  fillBatch(batch, model, scans, [{ scan: 0, start: 0, slices: 3 }], [], 1, 0);
  assert.deepEqual(batch.image, scans[0].image);
  fillBatch(batch, model, scans, [{ scan: 1, start: 1, slices: 1 }], [], 1, 1);
  assert.deepEqual([...batch.image], [...scans[1].image.subarray(4), ...Array(8).fill(0)]);
  assert.deepEqual([...batch.target], [0, 1, 0, 1, ...Array(8).fill(0)]);
});

Deno.test("every channel of a slice is the same, augmented once", () => {
  const model = { inputShape: [2, 3, 2, 2], dimensions: 2 } as const;
  const batch = emptyBatch(model);
  const items = [{ scan: 0, start: 2, slices: 1 }, { scan: 0, start: 0, slices: 1 }];
  fillBatch(batch, model, [scan(3, 0.25)], items, ["flip", "intensity"], 1, 7);
  const channel = (i: number) => batch.image.subarray(4 * i, 4 * i + 4);
  for (const i of [1, 2]) assert.deepEqual(channel(i), channel(0));
  for (const i of [4, 5]) assert.deepEqual(channel(i), channel(3));
  assert.notDeepEqual(channel(3), channel(0));
});
