import assert from "node:assert/strict";
import fc from "fast-check";
import { imageResizer, probabilityResizer, resizeMask } from "./resizing.ts";

const plane = (height: number, width: number, of: (y: number, x: number) => number) =>
  Float32Array.from(
    { length: height * width },
    (_, at) => of(Math.floor(at / width), at % width),
  );

Deno.test("growing is linear between pixel centres and flat beyond the outer ones", () => {
  const grown = imageResizer([1, 2], [1, 4])(Float32Array.of(0, 1));
  assert.deepEqual([...grown], [0, 0.25, 0.75, 1]);
  // PyTorch: interpolate([[0, 1, 2], [3, 4, 5]], (3, 5), mode="bilinear", align_corners=False).
  const want = [0, 0.4, 1, 1.6, 2, 1.5, 1.9, 2.5, 3.1, 3.5, 3, 3.4, 4, 4.6, 5];
  const got = imageResizer([2, 3], [3, 5])(plane(2, 3, (y, x) => 3 * y + x));
  got.forEach((value, at) => assert(Math.abs(value - want[at]) < 1e-6));
});

Deno.test("shrinking averages over the area each pixel covers", () => {
  assert.deepEqual([...imageResizer([1, 4], [1, 2])(Float32Array.of(0, 2, 4, 8))], [1, 6]);
  // Three pixels into two: each takes one whole and half of the middle one.
  const got = imageResizer([1, 3], [1, 2])(Float32Array.of(0, 3, 9));
  got.forEach((value, at) => assert(Math.abs(value - [1, 7][at]) < 1e-6));
});

Deno.test("each axis goes its own way", () => {
  const got = imageResizer([2, 2], [1, 4])(Float32Array.of(0, 2, 4, 6));
  assert.deepEqual([...got], [2, 2.5, 3.5, 4]);
});

const size = fc.integer({ min: 1, max: 40 });
const sizes = fc.tuple(size, size, size, size);

Deno.test("constant planes stay constant, means survive shrinking, nothing leaves the range", () => {
  fc.assert(fc.property(sizes, fc.integer(), ([h, w, toH, toW], seed) => {
    const values = plane(h, w, (y, x) => Math.sin(seed + 12.9898 * y + 78.233 * x));
    for (const make of [imageResizer, probabilityResizer]) {
      const resize = make([h, w], [toH, toW]);
      resize(plane(h, w, () => 0.3)).forEach((value) => assert(Math.abs(value - 0.3) < 1e-6));
      const low = Math.min(...values) - 1e-6;
      const high = Math.max(...values) + 1e-6;
      resize(values).forEach((value) => assert(value >= low && value <= high));
      assert.deepEqual(make([h, w], [h, w])(values), values);
    }
    if (toH <= h && toW <= w) {
      const mean = (all: Float32Array) => all.reduce((sum, value) => sum + value, 0) / all.length;
      assert(Math.abs(mean(imageResizer([h, w], [toH, toW])(values)) - mean(values)) < 1e-5);
    }
  }));
});

Deno.test("probabilities shrink linearly too: no average", () => {
  const got = probabilityResizer([1, 4], [1, 2])(Float32Array.of(0, 2, 4, 8));
  assert.deepEqual([...got], [1, 6]);
  const third = probabilityResizer([1, 6], [1, 2])(Float32Array.of(0, 1, 0, 0, 0, 0));
  assert.deepEqual([...third], [1, 0]);
});

Deno.test("masks take the nearest pixel, and whole factors repeat or skip", () => {
  assert.deepEqual([...resizeMask(Uint8Array.of(1, 0, 0, 1), [2, 2], [4, 4])], [
    ...[1, 1, 0, 0],
    ...[1, 1, 0, 0],
    ...[0, 0, 1, 1],
    ...[0, 0, 1, 1],
  ]);
  fc.assert(fc.property(sizes, ([h, w, toH, toW]) => {
    const mask = Uint8Array.from({ length: h * w }, (_, at) => (at * 7) % 3 === 0 ? 1 : 0);
    const resized = resizeMask(mask, [h, w], [toH, toW]);
    for (let y = 0; y < toH; y++) {
      for (let x = 0; x < toW; x++) {
        const row = Math.floor(((y + 0.5) * h) / toH + 1e-9);
        const column = Math.floor(((x + 0.5) * w) / toW + 1e-9);
        assert.equal(resized[y * toW + x], mask[row * w + column]);
      }
    }
  }));
});
