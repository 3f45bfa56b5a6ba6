import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../base/errors.ts";
import { random } from "../base/random.ts";
import { compare } from "./compare.ts";
import { holm } from "./holm.ts";
import { meanInterval } from "./mean_interval.ts";
import { wilcoxon } from "./wilcoxon.ts";

/** Share of 300 samples, drawn with a true mean, whose interval holds it. */
function coverage(
  truth: number,
  draw: (seed: number) => { values: number[]; patients?: number[] },
): number {
  let covered = 0;
  for (let seed = 0; seed < 300; seed++) {
    const { values, patients } = draw(seed);
    const { interval } = meanInterval(values, { seed, patients, resamples: 500 });
    if (interval!.low <= truth && truth <= interval!.high) covered++;
  }
  return covered / 300;
}

Deno.test("a 95 % interval of the mean covers about 95 of 100 means", () => {
  const uniform = coverage(0.5, (seed) => {
    const stream = random(seed, "samples");
    return { values: Array.from({ length: 30 }, () => stream.uniform()) };
  });
  assert.ok(uniform > 0.9 && uniform < 0.99, `uniform: ${uniform}`);
  const skewed = coverage(1, (seed) => {
    const stream = random(seed, "samples");
    return { values: Array.from({ length: 40 }, () => -Math.log(1 - stream.uniform())) };
  });
  assert.ok(skewed > 0.88 && skewed < 0.99, `exponential: ${skewed}`);
});

Deno.test("scans of one patient resemble each other: only resampled patients cover the mean", () => {
  const draw = (seed: number) => {
    const stream = random(seed, "samples");
    const offsets = Array.from({ length: 20 }, () => stream.normal());
    const patients = Array.from({ length: 80 }, (_, scan) => scan % 20);
    return { values: patients.map((p) => offsets[p] + 0.2 * stream.normal()), patients };
  };
  const byPatient = coverage(0, draw);
  const byScan = coverage(0, (seed) => ({ values: draw(seed).values }));
  assert.ok(byPatient > 0.88 && byPatient < 0.99, `by patient: ${byPatient}`);
  assert.ok(byScan < 0.75, `by scan: ${byScan}`);
});

Deno.test("an interval moves and scales with its values, and the seed alone decides it", () => {
  const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 20 });
  fc.assert(
    fc.property(values, fc.integer(), (x, seed) => {
      const options = { seed, resamples: 300 };
      const { interval, reason } = meanInterval(x, options);
      assert.deepEqual(meanInterval(x, options), reason ? { interval, reason } : { interval });
      if (interval === null) return assert.equal(new Set(x).size, 1, reason);
      assert.ok(Math.min(...x) <= interval.low && interval.low <= interval.high);
      assert.ok(interval.high <= Math.max(...x));
      const moved = meanInterval(x.map((v) => 4 * v + 64), options).interval!;
      assert.ok(Math.abs(moved.low - (4 * interval.low + 64)) < 1e-9);
      assert.ok(Math.abs(moved.high - (4 * interval.high + 64)) < 1e-9);
    }),
    { numRuns: 50 },
  );
});

Deno.test("where values have no spread there is no interval but a reason", () => {
  // sums of tenths differ in the last bit, which is no spread
  const equal = meanInterval([0.1, 0.1, 0.1, 0.1], { seed: 1, patients: [0, 0, 0, 1] });
  assert.deepEqual(equal, { interval: null, reason: "all resamples are equal" });
  assert.equal(meanInterval([1, 2], { seed: 1, patients: [7, 7] }).interval, null);
  assert.deepEqual(meanInterval([1, 2], { seed: 1 }).interval, { low: 1, high: 2, level: 0.95 });
  assert.throws(() => meanInterval([], { seed: 1 }), InputError);
  assert.throws(() => meanInterval([1, 2], { seed: 1, patients: [1] }), InputError);
  assert.throws(() => meanInterval([1, 2], { seed: 1, resamples: 1.5 }), InputError);
});

Deno.test("a comparison turns round with its models", () => {
  const value = fc.option(fc.integer({ min: 0, max: 100 }));
  const pairs = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(pairs, (scans) => {
      const first = scans.map(([a]) => a);
      const second = scans.map(([, b]) => b);
      const options = { seed: 3, resamples: 100 };
      const [there] = compare([{ measure: "dice", first, second }], options);
      const [back] = compare([{ measure: "dice", first: second, second: first }], options);
      assert.equal(there.n + there.leftOut, scans.length);
      assert.equal(there.p, back.p);
      if (there.difference === null) return assert.equal(there.n, 0);
      assert.equal(there.difference + back.difference!, 0);
      assert.equal(there.interval === null, back.interval === null);
    }),
    { numRuns: 100 },
  );
});

Deno.test("measures are corrected together, the undefined ones apart", () => {
  const first = [1, 2, 3, 4, 5, 6];
  const zeros = first.map(() => 0);
  const nulls = first.map(() => null);
  const [dice, iou, hd95] = compare(
    [
      { measure: "dice", first, second: zeros },
      { measure: "iou", first, second: [0, 0, 0, 0, 0, 12] },
      { measure: "hd95", first: nulls, second: first },
    ],
    { seed: 1, patients: [0, 0, 1, 2, 3, 4] },
  );
  const byPatient = meanInterval(first, { seed: 1, patients: [0, 0, 1, 2, 3, 4] });
  assert.deepEqual(dice.interval, byPatient.interval);
  assert.deepEqual([dice.p, dice.pHolm, dice.difference], [0.03125, 0.0625, 3.5]);
  assert.deepEqual([iou.p, iou.pHolm], [0.4375, 0.4375]);
  assert.deepEqual([dice.n, dice.patients, dice.leftOut], [6, 5, 0]);
  assert.deepEqual([hd95.difference, hd95.p, hd95.pHolm, hd95.leftOut], [null, null, null, 6]);
  assert.equal(hd95.reason, "no scan has both values");
  assert.throws(() => compare([{ measure: "dice", first, second: [] }], { seed: 1 }), InputError);
});

Deno.test("tests refuse what is no number", () => {
  assert.throws(() => wilcoxon([]), InputError);
  assert.throws(() => wilcoxon([1, NaN]), InputError);
  assert.throws(() => holm([0.5, 1.5]), InputError);
  assert.throws(() => holm([NaN]), InputError);
  assert.deepEqual(wilcoxon([0, 0]), { statistic: 0, n: 0, p: 1, method: "exact" });
});
