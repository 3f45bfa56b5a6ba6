import assert from "node:assert/strict";
import fc from "fast-check";
import { stripInput, transposedStripInput } from "./strips.ts";

const SIZE = fc.integer({ min: 1, max: 6 });

Deno.test("a strip has just the input that its windows meet", () => {
  fc.assert(
    fc.property(SIZE, SIZE, fc.nat(5), fc.nat(5), SIZE, (taps, stride, pad, first, count) => {
      const before = pad % taps;
      const height = 64;
      const window = { kernel: [taps], stride: [stride], padBefore: [before], padAfter: [0] };
      const found = stripInput(window, height, { first, count });
      const met = Array.from({ length: count }, (_, i) => (first + i) * stride - before)
        .flatMap((start) => Array.from({ length: taps }, (_, tap) => start + tap));
      const inside = met.filter((line) => line >= 0 && line < height);
      assert.deepEqual([found.first, found.count + found.first - 1], [
        Math.min(...inside),
        Math.max(...inside),
      ]);
      assert.deepEqual([found.padBefore, found.padAfter], [
        found.first - Math.min(...met),
        Math.max(...met) - found.first - found.count + 1,
      ]);
    }),
  );
});

Deno.test("a strip of a transposed window has just the input that reaches it", () => {
  fc.assert(fc.property(SIZE, SIZE, fc.nat(5), SIZE, SIZE, (extra, stride, drop, first, count) => {
    const taps = stride + extra - 1;
    const before = drop % taps;
    const height = 64;
    const window = { kernel: [taps], stride: [stride], padBefore: [before], padAfter: [0] };
    const found = transposedStripInput(window, height, { first, count });
    const reach = Array.from({ length: height }, (_, line) => line).filter((line) => {
      const start = line * stride - before;
      return start < first + count && start + taps > first;
    });
    assert.deepEqual(
      [found.first, found.first + found.count - 1],
      [reach[0], reach[reach.length - 1]],
    );
    const made = (found.count - 1) * stride + taps - found.padBefore - found.padAfter;
    assert.equal(made, count, "what is left is the strip");
    assert.equal(found.first * stride - before + found.padBefore, first);
  }));
});
