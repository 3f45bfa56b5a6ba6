import assert from "node:assert/strict";
import fc from "fast-check";
import { random } from "../../../../base/random.ts";
import { elements, type Shape } from "../../../../base/shapes.ts";
import type { WindowAttributes } from "../../../../graph/windowed.ts";
import { field } from "../../../reference/field.ts";
import { conv, deconv } from "../../../reference/kernels/convolution.ts";
import {
  foldFactor,
  foldWeights,
  foldWindow,
  transposedFold,
  transposedFoldWeights,
} from "./width_folding.ts";

/** Runs the definition of a convolution on channels-last numbers. */
function run(
  x: Float64Array,
  xShape: Shape,
  weights: Float32Array,
  yShape: Shape,
  window: WindowAttributes,
): Float64Array {
  const y = new Float64Array(elements(yShape));
  const weight = Float64Array.from(weights);
  conv(field(x, xShape), weight, undefined, field(y, yShape), { ...window, groups: 1 });
  return y;
}

function fold(shape: Shape, factor: number): Shape {
  return [shape[0], shape[1] * factor, shape[2], shape[3] / factor];
}

Deno.test("a folded convolution gives the same numbers in the same memory", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(2, 4, 8),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 7 }),
      fc.nat(6),
      (factor, inputs, outputs, blocks, taps, before) => {
        const pad = before % taps;
        const window = {
          kernel: [3, taps],
          stride: [2, 1],
          padBefore: [1, pad],
          padAfter: [0, taps - 1 - pad],
        };
        const xShape = [2, inputs, 4, factor * blocks];
        const yShape = [2, outputs, 2, factor * blocks];
        const dims = [outputs, inputs, 3, taps];
        const stream = random(1, factor, inputs, outputs, blocks, taps, pad);
        const x = Float64Array.from({ length: elements(xShape) }, () => stream.integer(9) - 4);
        const weights = Float32Array.from({ length: elements(dims) }, () => stream.integer(9) - 4);
        const plain = run(x, xShape, weights, yShape, window);
        const folded = run(
          x,
          fold(xShape, factor),
          foldWeights(weights, dims, window, factor),
          fold(yShape, factor),
          foldWindow(window, factor),
        );
        assert.deepEqual(folded, plain); // small integers: exact
      },
    ),
  );
});

Deno.test("only convolutions of few channels, stride 1 and equal width are folded", () => {
  const same = {
    kernel: [5, 5],
    stride: [1, 1],
    padBefore: [2, 2],
    padAfter: [2, 2],
    groups: 1,
  };
  assert.equal(foldFactor([1, 8, 64, 64], [1, 8, 64, 64], same), 2);
  assert.equal(foldFactor([1, 1, 64, 64], [1, 4, 64, 64], same), 4);
  assert.equal(foldFactor([1, 16, 64, 64], [1, 16, 64, 64], same), 1);
  assert.equal(foldFactor([1, 8, 64, 63], [1, 8, 64, 63], same), 1);
  const point = { ...same, kernel: [1, 1], padBefore: [0, 0], padAfter: [0, 0] };
  assert.equal(foldFactor([1, 64, 64, 64], [1, 1, 64, 64], point), 8);
  assert.equal(foldFactor([1, 64, 64, 64], [1, 4, 64, 64], point), 2);
  assert.equal(foldFactor([1, 64, 64, 64], [1, 8, 64, 64], point), 1);
  assert.equal(foldFactor([1, 8, 64, 64], [1, 8, 64, 64], { ...same, groups: 8 }), 1);
  assert.equal(foldFactor([1, 8, 64, 64], [1, 8, 64, 32], { ...same, stride: [1, 2] }), 1);
});

Deno.test("a folded transposed convolution gives the same numbers in the same memory", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      (inputs, outputs, width, taps) => {
        const whole = { kernel: [3, taps], stride: [2, taps], padBefore: [1, 0], padAfter: [0, 0] };
        const xShape = [2, inputs, 4, width];
        const yShape = [2, outputs, 8, width * taps];
        const dims = [inputs, outputs, 3, taps];
        const stream = random(2, inputs, outputs, width, taps);
        const x = Float64Array.from({ length: elements(xShape) }, () => stream.integer(9) - 4);
        const weights = Float32Array.from({ length: elements(dims) }, () => stream.integer(9) - 4);
        const [plain, folded] = [
          { shape: yShape, by: weights, window: whole },
          {
            shape: fold(yShape, taps),
            by: transposedFoldWeights(weights, dims),
            window: { ...whole, kernel: [3, 1], stride: [2, 1] },
          },
        ].map(({ shape, by, window }) => {
          const y = new Float64Array(elements(shape));
          deconv(field(x, xShape), Float64Array.from(by), undefined, field(y, shape), window);
          return y;
        });
        assert.deepEqual(folded, plain); // small integers: exact
      },
    ),
  );
});

Deno.test("only transposed convolutions of few channels whose taps lie apart along W are folded", () => {
  const up = { kernel: [2, 2], stride: [2, 2], padBefore: [0, 0], padAfter: [0, 0] };
  assert.equal(transposedFold([1, 4, 64, 64], up), 2);
  assert.equal(transposedFold([1, 8, 64, 64], up), 2);
  assert.equal(transposedFold([1, 16, 64, 64], up), 1);
  assert.equal(transposedFold([1, 4, 64, 63], { ...up, padAfter: [0, 1] }), 1);
  assert.equal(transposedFold([1, 4, 64, 64], { ...up, kernel: [3, 3], padAfter: [1, 1] }), 1);
  assert.equal(transposedFold([1, 4, 8, 8], up), 1);
});
