import assert from "node:assert/strict";
import fc from "fast-check";
import { type Item, Sampler, sliceItems, stackItems, withForeground } from "./sampling.ts";

const items = (count: number): Item[] => sliceItems([{ slices: count }]);

const dealer = (all: readonly Item[], seed: number, batch: number, foregroundShare = 0) =>
  new Sampler(all, { foreground: all.slice(0, 2), foregroundShare, seed, batch });

Deno.test("every item comes once before any comes again, each pass in an order of its own", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 7 }),
    fc.nat(1000),
    (count, batch, seed) => {
      const sampler = dealer(items(count), seed, batch);
      const dealt = Array.from({ length: count }, (_, step) => sampler.of(step)).flat();
      const starts = dealt.map(({ start }) => start);
      for (let pass = 0; pass < batch; pass++) {
        const own = starts.slice(pass * count, (pass + 1) * count);
        assert.deepEqual(own.toSorted((a, b) => a - b), [...Array(count).keys()]);
      }
    },
  ));
  const sampler = dealer(items(30), 1, 30);
  assert.notDeepEqual(sampler.of(0), sampler.of(1));
  assert.notDeepEqual(sampler.of(0), dealer(items(30), 2, 30).of(0));
});

Deno.test("the share of foreground is kept, and both decks come round", () => {
  const scans = [{ slices: 4, truth: Uint8Array.of(0, 0, 0, 1, 0, 0, 1, 1) }];
  const foreground = withForeground(sliceItems(scans), scans);
  assert.deepEqual(foreground.map(({ start }) => start), [1, 3]);
  const sampler = new Sampler(sliceItems(scans), {
    foreground,
    foregroundShare: 0.75,
    seed: 1,
    batch: 4,
  });
  const dealt = Array.from({ length: 8 }, (_, step) => sampler.of(step));
  for (const step of dealt) {
    assert.ok(step.filter(({ start }) => start % 2 === 1).length >= 3);
  }
  const counts = [0, 1, 2, 3].map((slice) =>
    dealt.flat().filter(({ start }) => start === slice).length
  );
  assert.deepEqual(counts, [2, 14, 2, 14]);
});

Deno.test("what a step takes depends on the seed and its number only", () => {
  const forward = dealer(items(13), 5, 4, 0.3);
  const steps = Array.from({ length: 20 }, (_, step) => forward.of(step));
  const backward = dealer(items(13), 5, 4, 0.3);
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
