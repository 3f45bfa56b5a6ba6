import assert from "node:assert/strict";
import fc from "fast-check";
import { filtering, productWeights, tilingOf } from "./winograd.ts";

function times(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, share, i) => sum + share * vector[i], 0));
}

Deno.test("products give all outputs of a filter", () => {
  const number = fc.integer({ min: -50, max: 50 });
  const numbers = fc.array(number, { minLength: 8, maxLength: 8 });
  const taps = fc.constantFrom(2, 3, 4, 5);
  const products = fc.constantFrom(6, 7, 8);
  fc.assert(fc.property(taps, products, numbers, numbers, (taps, products, inputs, weights) => {
    const { outputs, input, kernel, output } = filtering(taps, products);
    assert.deepEqual([input.length, input[0].length], [products, products]);
    const filter = weights.slice(0, taps);
    const [taken, shares] = [times(input, inputs), times(kernel, filter)];
    const found = times(output, taken.map((value, k) => value * shares[k]));
    assert.deepEqual([found.length, outputs], [products + 1 - taps, products + 1 - taps]);
    found.forEach((value, i) => {
      const wanted = filter.reduce((sum, tap, j) => sum + tap * inputs[i + j], 0);
      assert.ok(Math.abs(value - wanted) < 1e-9 * 50 ** 3, `${value} is not ${wanted}`);
    });
  }));
});

Deno.test("weights of products are made along the first axis of the kernel", () => {
  const weights = Float32Array.of(1, 2, 3, 4, 5, 6);
  const { kernel, products } = filtering(3, 6);
  const made = kernel.map((shares) => {
    const product = new Float32Array(2);
    productWeights(weights, [1, 1, 3, 2], shares, product);
    return product;
  });
  // the points 0 and infinity take the first and the last tap
  assert.deepEqual([...made[0]], [1, 2]);
  assert.deepEqual([...made[products - 1]], [5, 6]);
});

Deno.test("what is as well done directly is not tiled", () => {
  const window = { kernel: [3, 3], stride: [1, 1], padBefore: [1, 1], padAfter: [1, 1], groups: 1 };
  const shape = (channels: number, size = 64) => [1, channels, size, size];
  const tiling = tilingOf(shape(64), shape(64), window, "f32");
  assert.equal(tiling?.tiles, 16);
  assert.deepEqual([tiling.tiles % tiling.block, tiling.lines], [0, 64]);
  assert.equal(tilingOf(shape(4), shape(4), window, "f32"), undefined); // few channels
  assert.equal(tilingOf(shape(512, 8), shape(512, 8), window, "f32"), undefined); // many weights
  assert.equal(tilingOf(shape(64, 62), shape(64, 62), window, "f32")?.tiles, 16); // one is not full
  assert.equal(tilingOf(shape(64), shape(64), { ...window, groups: 64 }, "f32"), undefined);
  assert.equal(tilingOf(shape(64), shape(64), { ...window, stride: [1, 2] }, "f32"), undefined);
});

Deno.test("large slices are worked on in strips", () => {
  const window = {
    kernel: [5, 5, 5],
    stride: [1, 1, 1],
    padBefore: [2, 2, 2],
    padAfter: [2, 2, 2],
    groups: 1,
  };
  const shape = [1, 8, 32, 512, 512];
  const tiling = tilingOf(shape, shape, window, "f32");
  assert.deepEqual([tiling?.tiles, tiling?.block, tiling?.lines], [8, 1, 8]);
  // beyond the edges there is nothing to save
  const thin = shape.with(2, 2);
  assert.equal(tilingOf(thin, thin, window, "f32"), undefined);
});
