import assert from "node:assert/strict";
import fc from "fast-check";
import { overlapOf, stackWindows } from "./stacks.ts";
import { assertRefused } from "./testing.ts";

Deno.test("the paper's arithmetic", () => {
  assert.equal(stackWindows(601, 32, 20).length, 49);
  assert.equal(stackWindows(601, 32, 0).length, 19);
  assert.deepEqual(stackWindows(601, 32, 20)[48], { start: 576, stop: 601, padded: 7 });
  assert.deepEqual(stackWindows(601, 32, 0)[18], { start: 576, stop: 601, padded: 7 });
  const of709 = [0, 0.375, 0.625].map((factor) => stackWindows(709, 32, overlapOf(factor, 32)));
  assert.deepEqual(of709.map(({ length }) => length), [23, 35, 58]);
});

Deno.test("a scan that fits one stack is one stack", () => {
  assert.deepEqual(stackWindows(32, 32, 20), [{ start: 0, stop: 32, padded: 0 }]);
  assert.deepEqual(stackWindows(2, 32, 20), [{ start: 0, stop: 2, padded: 30 }]);
});

Deno.test("stacks cover every slice, none lies in padding alone, the last one is needed", () => {
  const cut = fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 64 }))
    .chain(([slices, size]) =>
      fc.tuple(fc.constant(slices), fc.constant(size), fc.integer({ min: 0, max: size - 1 }))
    );
  fc.assert(fc.property(cut, ([slices, size, overlap]) => {
    const stacks = stackWindows(slices, size, overlap);
    stacks.forEach(({ start, stop, padded }, index) => {
      assert.equal(start, index * (size - overlap));
      assert.equal(stop - start + padded, size);
      assert(stop > start && stop <= slices);
      if (index > 0) assert(start <= stacks[index - 1].stop);
    });
    assert.equal(stacks[stacks.length - 1].stop, slices);
    assert(stacks.slice(0, -1).every(({ stop }) => stop < slices));
  }));
});

Deno.test("moved back, the last stack ends with the scan, and nothing else changes", () => {
  const cut = fc.tuple(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 0, max: 900 }))
    .chain(([size, more]) =>
      fc.tuple(fc.constant(size + more), fc.constant(size), fc.integer({ min: 0, max: size - 1 }))
    );
  fc.assert(fc.property(cut, ([slices, size, overlap]) => {
    const stacks = stackWindows(slices, size, overlap, "shift");
    assert.deepEqual(stacks.at(-1), { start: slices - size, stop: slices, padded: 0 });
    assert.deepEqual(stacks.slice(0, -1), stackWindows(slices, size, overlap).slice(0, -1));
  }));
  assert.deepEqual(stackWindows(2, 5, 1, "shift"), stackWindows(2, 5, 1, "repeat"));
});

Deno.test("numbers that make no stacks are refused", () => {
  assertRefused(() => stackWindows(0, 32), "bad-stacks");
  assertRefused(() => stackWindows(10, 32, 32), "bad-stacks");
  assertRefused(() => stackWindows(10.5, 32), "bad-stacks");
  assertRefused(() => overlapOf(1, 32), "bad-stacks", /factor 1 /);
  assertRefused(() => overlapOf(-0.1, 32), "bad-stacks");
});
