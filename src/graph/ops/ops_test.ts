import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "../../base/errors.ts";
import type { Shape } from "../../base/shapes.ts";
import { uniformWindow, type WindowAttributes } from "../windowed.ts";
import { add } from "./add.ts";
import { concat } from "./concat.ts";
import { conv } from "./conv.ts";
import { deconv } from "./deconv.ts";
import { linear } from "./linear.ts";
import { max_pool } from "./max_pool.ts";
import { OPS } from "./mod.ts";
import { prelu } from "./prelu.ts";

/** A window on one axis that is legal for `size` elements. */
const axis = fc.record({
  size: fc.integer({ min: 1, max: 9 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
  before: fc.integer({ min: 0, max: 3 }),
  after: fc.integer({ min: 0, max: 3 }),
}).filter(({ size, kernel, before, after }) => size + before + after >= kernel);

type Axis = typeof axis extends fc.Arbitrary<infer T> ? T : never;

const windowOf = (axes: readonly Axis[]): WindowAttributes => ({
  kernel: axes.map(({ kernel }) => kernel),
  stride: axes.map(({ stride }) => stride),
  padBefore: axes.map(({ before }) => before),
  padAfter: axes.map(({ after }) => after),
});

/** Pairs (position, tap) that fall inside, counted one by one. */
function bruteTaps({ size, kernel, stride, before }: Axis, positions: number): number {
  let taps = 0;
  for (let p = 0; p < positions; p++) {
    for (let t = 0; t < kernel; t++) {
      const at = p * stride + t - before;
      if (at >= 0 && at < size) taps++;
    }
  }
  return taps;
}

Deno.test("convolutions count the multiply-adds whose taps fall inside the input", () => {
  fc.assert(fc.property(fc.array(axis, { minLength: 2, maxLength: 3 }), (axes) => {
    const attributes = { ...windowOf(axes), groups: 2 };
    const x: Shape = [2, 4, ...axes.map(({ size }) => size)];
    const weight: Shape = [6, 2, ...attributes.kernel];
    const y = conv.infer([x, weight], attributes);
    const taps = axes.reduce((all, one, i) => all * bruteTaps(one, y[i + 2]), 1);
    assert.equal(conv.flops([x, weight], y, attributes), 2 * 2 * 6 * 2 * taps);
  }));
});

Deno.test("a transposed convolution undoes the shape of its convolution", () => {
  fc.assert(fc.property(fc.array(axis, { minLength: 2, maxLength: 3 }), (axes) => {
    const attributes = windowOf(axes);
    const y: Shape = [1, 3, ...axes.map(({ size }) => size)];
    const x = conv.infer([y, [5, 3, ...attributes.kernel]], { ...attributes, groups: 1 });
    const rest = axes.map(({ size, kernel, stride, before, after }) =>
      (size + before + after - kernel) % stride
    );
    fc.pre(rest.every((left) => left === 0));
    assert.deepEqual(deconv.infer([x, [5, 3, ...attributes.kernel]], attributes), y);
  }));
});

Deno.test("shape errors name the op, the rule and the shapes", () => {
  const window = { ...uniformWindow(3, 5, 1, 2), groups: 1 };
  const cases: [() => Shape, RegExp][] = [
    [() => conv.infer([[1, 2, 8, 8], [4, 2, 5, 5, 5]], window), /conv: x must have 3 spatial/],
    [() => conv.infer([[1, 2, 8, 8, 8], [4, 3, 5, 5, 5]], window), /weight must be 4x2x5x5x5/],
    [() => conv.infer([[1, 1, 2, 2], [1, 1, 3, 3]], { ...uniformWindow(2, 3), groups: 1 }), /once/],
    [() => deconv.infer([[1, 2, 4, 4], [3, 2, 2, 2]], uniformWindow(2, 2, 2)), /weight must be/],
    [() => max_pool.infer([[1, 1, 4, 4]], uniformWindow(2, 2, 2, 2)), /hold an element/],
    [() => prelu.infer([[1, 3, 2, 4, 4], [3, 4, 4]], {}), /slope must be 3 or 3x2x4x4/],
    [() => add.infer([[1, 3, 4, 4], [1, 2, 4, 4]], {}), /equal or 1.*1x3x4x4, 1x2x4x4/],
    [() => concat.infer([[1, 3, 4, 4], [1, 3, 4, 5]], {}), /all axes but the channels/],
    [() => linear.infer([[1, 3, 2, 1], [4, 3]], {}), /spatial axes must be 1/],
  ];
  for (const [infer, rule] of cases) {
    assert.throws(infer, (error) => error instanceof ShapeError && rule.test(error.message));
  }
});

Deno.test("every op stands in the table under its own name", () => {
  for (const [name, op] of Object.entries(OPS)) assert.equal(op.name, name);
});
