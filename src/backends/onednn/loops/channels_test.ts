import assert from "node:assert/strict";
import fc from "fast-check";
import { joinMoments, repeatChannels, sumChannels } from "./channels.ts";

const CHANNELS = fc.integer({ min: 1, max: 800 });

Deno.test("numbers a channel are repeated, and added up again", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), CHANNELS, (times, channels) => {
    const wide = new Float32Array(times * channels);
    repeatChannels(wide, channels, (c) => c + 1);
    assert.deepEqual(wide, Float32Array.from(wide, (_, i) => i % channels + 1));
    const sums = new Float64Array(2 * channels);
    sumChannels(wide, sums, channels, channels);
    const expected = Float64Array.from(
      sums,
      (_, i) => i < channels ? 0 : times * (i - channels + 1),
    );
    assert.deepEqual(sums, expected);
  }));
});

Deno.test("moments of columns are joined to those of all their elements", () => {
  const element = fc.integer({ min: -9, max: 9 });
  const column = fc.array(element, { minLength: 4, maxLength: 4 });
  const mean = (some: readonly number[]) => some.reduce((sum, x) => sum + x, 0) / some.length;
  const variance = (some: readonly number[]) => mean(some.map((x) => (x - mean(some)) ** 2));
  fc.assert(fc.property(fc.array(column, { minLength: 1, maxLength: 20 }), (columns) => {
    const [means, variances] = [new Float64Array(1), new Float64Array(1)];
    const of = (what: (some: readonly number[]) => number) => Float32Array.from(columns.map(what));
    joinMoments(of(mean), of(variance), means, variances);
    assert.ok(Math.abs(means[0] - mean(columns.flat())) < 1e-6);
    assert.ok(Math.abs(variances[0] - variance(columns.flat())) < 1e-5);
  }));
});
