import assert from "node:assert/strict";
import { phantom } from "./phantom.ts";
import { bestThreshold, bestWindow, lungHistogram, pooled } from "./threshold.ts";

Deno.test("the best threshold and window are those of a scan by hand", () => {
  const made = phantom({ seed: 1, shape: [1, 2, 4] });
  const mask = (values: number[]) => ({ ...made.lung, voxels: Uint8Array.from(values) });
  const histogram = lungHistogram({
    ...made,
    volume: { ...made.volume, voxels: Int16Array.of(-800, -700, -500, -400, 30, 40, 50, 60) },
    lesion: mask([0, 0, 1, 1, 0, 0, 0, 0]),
    lung: mask([1, 1, 1, 1, 1, 1, 0, 0]),
  });
  // From -500 up: 2 hits of 4 voxels; the window below 30 has the lesion alone.
  assert.equal(bestThreshold(histogram).dice, 4 / 6);
  assert.equal(bestWindow(histogram).dice, 1);
  assert.equal(bestThreshold(pooled([histogram, histogram])).dice, 4 / 6);
});

Deno.test("without a lesion there is no Dice", () => {
  const healthy = phantom({ seed: 1, shape: [6, 32, 32], lesions: false });
  assert.equal(bestThreshold(lungHistogram(healthy)).dice, null);
});
