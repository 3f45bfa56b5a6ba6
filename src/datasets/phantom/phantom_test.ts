import assert from "node:assert/strict";
import { sha256 } from "../../base/hashing.ts";
import type { Mask } from "../../imaging/volume.ts";
import { type Phantom, phantom, phantomSlices } from "./phantom.ts";
import { bestThreshold, lungHistogram } from "./threshold.ts";

const sum = (voxels: Uint8Array) => voxels.reduce((total, voxel) => total + voxel, 0);

/** Dice of a mask with itself moved by one voxel along an axis (0 = z). */
function shiftedDice({ shape, voxels }: Mask, axis: 0 | 1 | 2): number {
  const step = [shape[1] * shape[2], shape[2], 1][axis];
  let both = 0;
  for (let at = step; at < voxels.length; at++) both += voxels[at] & voxels[at - step];
  return both / sum(voxels);
}

/** Whether each slice has any voxel of the mask. */
function presence({ shape, voxels }: Mask): boolean[] {
  const plane = shape[1] * shape[2];
  return Array.from(
    { length: shape[0] },
    (_, z) => voxels.subarray(z * plane, (z + 1) * plane).includes(1),
  );
}

function digest({ volume, lesion, lung }: Phantom): string {
  return sha256(volume.voxels, lesion.voxels, lung.voxels).slice(0, 16);
}

Deno.test("the same parameters give the same bytes, other seeds, patients, visits others", () => {
  const request = { seed: 42, shape: [9, 40, 36], spacing: [24, 9, 10] } as const;
  const digests = [
    request,
    { ...request, seed: 43 },
    { ...request, index: 1 },
    { ...request, visit: 1 },
  ].map((each) => digest(phantom(each)));
  assert.equal(new Set(digests).size, 4);
  assert.equal(digests[0], digest(phantom(request)));
  assert.equal(
    digests[0],
    "18547ef3f90d3390",
    "the phantom changed: say so in CHANGELOG, pin anew",
  );
});

Deno.test("a slice depends on its own height only, not on how many slices are made", () => {
  const whole = phantom({ seed: 5, shape: [7, 32, 32], spacing: [20, 11, 11] });
  // Three slices in the middle of seven lie at the same heights.
  const parameters = { ...whole.parameters, shape: [3, 32, 32] as const };
  for (const { z, hu, lesion } of phantomSlices(parameters)) {
    const [start, end] = [(z + 2) * 1024, (z + 3) * 1024];
    assert.deepEqual(lesion, whole.lesion.voxels.subarray(start, end));
    // Noise is keyed by the number of the slice, all else by its height.
    const other = whole.volume.voxels.subarray(start, end);
    const mean = hu.reduce((total, value, at) => total + Math.abs(value - other[at]), 0) / 1024;
    assert.ok(mean < 2 * whole.parameters.noise[1]);
  }
});

Deno.test("a healthy scan has the same anatomy and no lesion", () => {
  const request = { seed: 7, index: 3, shape: [24, 64, 64] } as const;
  const ill = phantom(request);
  const healthy = phantom({ ...request, lesions: false });
  assert.equal(sum(healthy.lesion.voxels), 0);
  assert.ok(sum(ill.lesion.voxels) > 30);
  assert.deepEqual(healthy.lung.voxels, ill.lung.voxels);
  for (let at = 0; at < ill.lung.voxels.length; at++) {
    assert.ok(ill.lesion.voxels[at] <= ill.lung.voxels[at]);
  }
});

Deno.test("the lungs have the volume of lungs, at any resolution", () => {
  const coarse = phantom({ seed: 2, shape: [40, 48, 48] });
  const fine = phantom({ seed: 2, shape: [63, 96, 80] });
  const litres = [coarse, fine].map(({ volume, lung }) =>
    (sum(lung.voxels) * volume.spacing!.reduce((product, size) => product * size)) / 1e6
  );
  assert.ok(litres[0] > 2 && litres[0] < 8);
  assert.ok(Math.abs(litres[0] / litres[1] - 1) < 0.03, litres.join(" against "));
});

Deno.test("lesions go on along z as they do along y and x, and some slices have none", () => {
  const along: number[][] = [[], [], []];
  for (const seed of [1, 2, 3, 4]) {
    const { lesion } = phantom({ seed, shape: [64, 75, 75], spacing: [4.8, 4.8, 4.8] });
    for (const axis of [0, 1, 2] as const) along[axis].push(shiftedDice(lesion, axis));
    const slices = presence(lesion);
    assert.ok(slices.filter((has) => !has).length >= 5);
    // Runs of lesion are long: a scan of 64 slices changes between with and without rarely.
    const changes = slices.filter((has, z) => z > 0 && has !== slices[z - 1]).length;
    assert.ok(changes <= 12, `${changes} changes`);
  }
  const mean = along.map((values) => values.reduce((a, b) => a + b) / values.length);
  assert.ok(mean[0] > 0.7, `Dice of neighbouring slices ${mean[0]}`);
  // Lesions lie flat against a pleura that is upright for the most part: somewhat longer along z.
  for (const axis of [1, 2]) assert.ok(Math.abs(mean[0] - mean[axis]) < 0.08, mean.join(" "));
});

Deno.test("thresholds in the lungs stay under a mean Dice of 0.6, though lesions are denser than lung", () => {
  const best: number[] = [];
  for (let index = 0; index < 24; index++) {
    const made = phantom({ seed: 1, index, shape: [40, 80, 80] });
    const { dice } = bestThreshold(lungHistogram(made));
    assert.ok(dice !== null && dice > 0.05 && dice < 0.9, `scan ${index}: ${dice}`);
    best.push(dice);
    let [inside, outside] = [0, 0];
    const { lesion, lung, volume } = made;
    for (let at = 0; at < lung.voxels.length; at++) {
      if (lesion.voxels[at] === 1) inside += volume.voxels[at];
      else if (lung.voxels[at] === 1) outside += volume.voxels[at];
    }
    const count = sum(lesion.voxels);
    const contrast = inside / count - outside / (sum(lung.voxels) - count);
    assert.ok(contrast > 100, `scan ${index}: lesions are only ${contrast} HU denser`);
  }
  const mean = best.reduce((total, dice) => total + dice) / best.length;
  assert.ok(mean < 0.6, `mean of the best threshold of each scan: ${best.join(" ")}`);
});
