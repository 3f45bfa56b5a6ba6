import assert from "node:assert/strict";
import fc from "fast-check";
import { type Item, Sampler, sliceItems, stackItems } from "./sampling.ts";

const items = (count: number): Item[] => sliceItems([{ slices: count }]);

Deno.test("every item comes once before any comes again, each pass in an order of its own", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 7 }),
    fc.nat(1000),
    (count, batch, seed) => {
      const sampler = new Sampler(items(count), seed, batch);
      const dealt = Array.from({ length: count }, (_, step) => sampler.of(step)).flat();
      const starts = dealt.map(({ start }) => start);
      for (let pass = 0; pass < batch; pass++) {
        const own = starts.slice(pass * count, (pass + 1) * count);
        assert.deepEqual(own.toSorted((a, b) => a - b), [...Array(count).keys()]);
      }
    },
  ));
  const sampler = new Sampler(items(30), 1, 30);
  assert.notDeepEqual(sampler.of(0), sampler.of(1));
  assert.notDeepEqual(sampler.of(0), new Sampler(items(30), 2, 30).of(0));
});

Deno.test("what a step takes depends on the seed and its number only", () => {
  const forward = new Sampler(items(13), 5, 4);
  const steps = Array.from({ length: 20 }, (_, step) => forward.of(step));
  const backward = new Sampler(items(13), 5, 4);
  for (let step = 19; step >= 0; step--) assert.deepEqual(backward.of(step), steps[step]);
});

Deno.test("stacks cover every slice, overlap as asked, and never reach past a scan", () => {
  const scans = [{ label: "a", slices: 21 }, { label: "b", slices: 8 }];
  const apart = stackItems(scans, 8, 0);
  const overlapping = stackItems(scans, 8, 0.625);
  for (const stacks of [apart, overlapping]) {
    scans.forEach(({ slices }, scan) => {
      const covered = new Set(
        stacks.filter((one) => one.scan === scan)
          .flatMap(({ start, slices }) => Array.from({ length: slices }, (_, i) => start + i)),
      );
      assert.deepEqual([...covered].toSorted((a, b) => a - b), [...Array(slices).keys()]);
    });
  }
  assert.equal(apart.length, 4);
  assert.deepEqual(overlapping.slice(0, 2).map(({ start }) => start), [0, 3]);
  assert.throws(() => stackItems(scans, 9, 0), {
    name: "InputError",
    message: "stacks of 9 slices are larger than scans to learn from: b has 8",
  });
});
