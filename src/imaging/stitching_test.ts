import assert from "node:assert/strict";
import fc from "fast-check";
import { type Filling, FILLINGS, slicesOf } from "./stacks.ts";
import { stackWeights, Stitcher, threshold, type Weighting } from "./stitching.ts";
import { assertRefused } from "./testing.ts";

/** Stitches stacks cut from one probability a slice and stack. */
function stitch(
  slices: number,
  size: number,
  overlap: number,
  weighting: Weighting,
  of: (stack: number, z: number) => number,
  filling?: Filling,
): number[] {
  const stitcher = new Stitcher({ slices, plane: 2, size, overlap, weighting, filling });
  const found: number[] = [];
  stitcher.stacks.forEach(({ start, repeated }, index) => {
    const stack = Float32Array.from(
      { length: size * 2 },
      (_, at) => of(index, repeated?.[at >> 1] ?? start + (at >> 1)) + (at & 1),
    );
    stitcher.add(stack, (z, [first, second]) => {
      assert.equal(z, found.length, "slices come in order, each once");
      assert(Math.abs(second - first - 1) < 1e-5);
      found.push(first);
    });
  });
  assert(stitcher.finished);
  assert.equal(found.length, slices);
  return found;
}

Deno.test("the mean of all stacks that cover a slice; padding is dropped", () => {
  // Stacks [0, 4), [2, 6), [4, 8) over 7 slices, saying 1, 2, 3; padding would say 100.
  const got = stitch(7, 4, 2, "mean", (stack, z) => z >= 7 ? 100 : stack + 1);
  assert.deepEqual(got, [1, 1, 1.5, 1.5, 2.5, 2.5, 3]);
});

Deno.test("without overlap the probabilities come out as they went in", () => {
  const value = (z: number) => Math.fround(Math.sin(z) / 2 + 0.5);
  assert.deepEqual(
    stitch(10, 4, 0, "mean", (_, z) => value(z)),
    Array.from({ length: 10 }, (_, z) => value(z)),
  );
});

Deno.test("streaming equals the average over everything at once, for both weightings", () => {
  const cut = fc.tuple(
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 1, max: 12 }),
    fc.double({ min: 0, max: 0.99, noNaN: true }),
    fc.constantFrom<Weighting>("mean", "gaussian"),
    fc.constantFrom(...FILLINGS),
  );
  fc.assert(fc.property(cut, ([slices, size, factor, weighting, filling]) => {
    const overlap = Math.min(size - 1, Math.floor(factor * size));
    const of = (stack: number, z: number) => 0.5 + 0.5 * Math.sin(3 * stack + z);
    const weights = stackWeights(size, weighting);
    const { stacks } = new Stitcher({ slices, plane: 1, size, overlap, filling });
    stitch(slices, size, overlap, weighting, of, filling).forEach((value, z) => {
      let sum = 0;
      let total = 0;
      stacks.forEach((stack, index) => {
        slicesOf(stack).forEach((shown, place) => {
          if (shown !== z) return;
          sum += weights[place] * of(index, z);
          total += weights[place];
        });
      });
      assert(Math.abs(value - sum / total) < 1e-5);
    });
  }));
});

Deno.test("gaussian weights are even, largest in the middle, positive at the ends", () => {
  const weights = stackWeights(32, "gaussian");
  assert.deepEqual([...weights], [...weights].reverse());
  assert(weights[15] > weights[14] && weights[0] > 0);
  assert.equal(stackWeights(1, "gaussian")[0], 1);
});

Deno.test("too many or too short stacks are refused", () => {
  const stitcher = new Stitcher({ slices: 3, plane: 2, size: 4 });
  assertRefused(() => stitcher.add(new Float32Array(4), () => {}), "bad-stacks");
  stitcher.add(new Float32Array(6), () => {});
  assertRefused(() => stitcher.add(new Float32Array(8), () => {}), "bad-stacks", /there already/);
});

Deno.test("the threshold itself is foreground, in single precision too", () => {
  assert.deepEqual([...threshold(Float32Array.of(0.19999, 0.2, 0.21))], [0, 1, 1]);
  assert.deepEqual([...threshold(Float32Array.of(0.49, 0.5), 0.5)], [0, 1]);
});

Deno.test("what is not finite makes no mask: it is refused, wherever it stands", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    for (let at = 0; at < 3; at++) {
      const probabilities = Float32Array.of(0.1, 0.5, 0.9);
      probabilities[at] = bad;
      assert.throws(
        () => threshold(probabilities),
        /1 of 3 probabilities of a slice are not finite/,
      );
    }
  }
});

Deno.test("slices may lie apart, and pass through where no other stack touches them", () => {
  // 3 slices in batches of 2, two channels: what is wanted begins at the second one
  const batch = Float32Array.of(9, 9, 1, 2, 9, 9, 3, 4);
  const stitcher = new Stitcher({ slices: 3, plane: 2, size: 2 });
  const found: number[][] = [];
  for (let i = 0; i < 2; i++) {
    stitcher.add(batch.subarray(2), (_, values) => {
      assert.equal(values.buffer, batch.buffer);
      found.push([...values]);
    }, 4);
  }
  assert.deepEqual(found, [[1, 2], [3, 4], [1, 2]]);
});
