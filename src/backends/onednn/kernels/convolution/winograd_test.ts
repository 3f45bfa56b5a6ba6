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

/** A window of 3x3 that keeps the size. */
const SAME = { kernel: [3, 3], stride: [1, 1], padBefore: [1, 1], padAfter: [1, 1], groups: 1 };

/** The same along one axis. */
const LINE = { kernel: [3], stride: [1], padBefore: [1], padAfter: [1], groups: 1 };

const square = (channels: number, size = 64) => [1, channels, size, size];

Deno.test("what is as well done directly is not tiled", () => {
  const tiling = tilingOf(square(64), square(64), SAME, "f32");
  assert.equal(tiling?.tiles, 11); // of six rows, the last not full
  assert.equal(tiling.lines, 64);
  assert.equal(tilingOf(square(4), square(4), SAME, "f32"), undefined); // few channels
  assert.equal(tilingOf(square(512, 8), square(512, 8), SAME, "f32"), undefined); // many weights
  assert.equal(tilingOf(square(64), square(64), { ...SAME, groups: 64 }, "f32"), undefined);
  assert.equal(tilingOf(square(64), square(64), { ...SAME, stride: [1, 2] }, "f32"), undefined);
  // calls take longer than is saved
  assert.notEqual(tilingOf(square(16, 512), square(16, 512), SAME, "f32"), undefined);
  assert.equal(tilingOf(square(16, 128), square(16, 128), SAME, "f32"), undefined);
});

Deno.test("tiles are worked on so many at a time, all at once where weights are large", () => {
  const found = (channels: number, outputs: number, size: number, type: "f32" | "bf16") => {
    const tiling = tilingOf(square(channels, size), square(outputs, size), SAME, type);
    return tiling && [tiling.filtering.products, tiling.tiles, tiling.block];
  };
  assert.deepEqual(found(64, 64, 64, "f32"), [8, 11, 1]);
  assert.deepEqual(found(64, 64, 64, "bf16"), [6, 16, 4]);
  assert.deepEqual(found(48, 48, 96, "f32"), [8, 16, 2]);
  assert.deepEqual(found(48, 48, 96, "bf16"), [6, 24, 3]);
  assert.deepEqual(found(512, 32, 128, "bf16"), [6, 32, 1]); // much is taken of the input
  assert.deepEqual(found(512, 512, 32, "f32"), [6, 8, 8]);
  assert.equal(tilingOf([1, 64, 4096], [1, 64, 4096], LINE, "f32"), undefined);
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
