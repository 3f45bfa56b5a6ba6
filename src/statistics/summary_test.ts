import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../base/errors.ts";
import { random } from "../base/random.ts";
import { medianInterval } from "./bootstrap.ts";
import { quantile, summarise } from "./summary.ts";

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 40,
});

Deno.test("a summary is that of NumPy", () => {
  // numpy: x = [3, 1, 4, 1, 5, 9, 2, 6]; std(ddof=1), quantile(x, [0.1, 0.25, 0.9])
  const x = [3, 1, 4, 1, 5, 9, 2, 6];
  const { count, mean, median, standardDeviation, min, max } = summarise(x);
  assert.deepEqual([count, mean, median, min, max], [8, 3.875, 3.5, 1, 9]);
  assert.ok(Math.abs(standardDeviation! - 2.748376143938713) < 1e-12);
  assert.deepEqual([0.1, 0.25, 0.9].map((share) => quantile(x, share).toFixed(12)), [
    "1.000000000000",
    "1.750000000000",
    "6.900000000000",
  ]);
});

Deno.test("one number has no spread; none, or one that is not finite, has no summary", () => {
  assert.equal(summarise([2]).standardDeviation, null);
  assert.throws(() => summarise([]), InputError);
  assert.throws(() => summarise([1, NaN]), /Number 1 of the list is NaN/);
  assert.throws(() => quantile([1], 1.1), InputError);
});

Deno.test("the interval of the median holds it, and the seed alone decides it", () => {
  fc.assert(
    fc.property(numbers, fc.integer(), (samples, seed) => {
      const options = { seed, resamples: 200 };
      const { low, high } = medianInterval(samples, options);
      const { median, min, max } = summarise(samples);
      assert.ok(min <= low && low <= median && median <= high && high <= max);
      assert.deepEqual(medianInterval([...samples].reverse(), options), { low, high, level: 0.95 });
    }),
    { numRuns: 30 },
  );
});

Deno.test("a 95 % interval of the median covers about 95 of 100 medians", () => {
  let covered = 0;
  for (let seed = 0; seed < 200; seed++) {
    // The median of these uniform numbers is 0.5.
    const stream = random(seed, "samples");
    const samples = Array.from({ length: 41 }, () => stream.uniform());
    const { low, high } = medianInterval(samples, { seed, resamples: 400 });
    if (low <= 0.5 && 0.5 <= high) covered++;
  }
  assert.ok(covered >= 180 && covered < 200, `${covered} of 200`);
});
