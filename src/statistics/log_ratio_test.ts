/** Ratios of times against scipy (fixtures/statistics/make_log_ratio.py), and what they hold. */

import assert from "node:assert/strict";
import { random } from "../base/random.ts";
import { commonRatio, timeRatio } from "./log_ratio.ts";

interface Row {
  readonly base: readonly number[];
  readonly other: readonly number[];
  readonly ratio: number;
  readonly error: number;
  readonly freedom: number;
  readonly low: number;
  readonly high: number;
  readonly scipy: readonly [low: number, high: number];
}

const FIXTURE: { readonly rows: readonly Row[] } = JSON.parse(
  Deno.readTextFileSync(new URL("../../fixtures/statistics/log_ratio.json", import.meta.url)),
);

Deno.test("a ratio of times is scipy's Welch test on logarithms, with whole degrees of freedom", () => {
  const close = (ours: number, peer: number) =>
    assert.ok(Math.abs(ours / peer - 1) < 1e-10, `${ours}, peer ${peer}`);
  for (const { base, other, ratio, error, freedom, low, high, scipy } of FIXTURE.rows) {
    const ours = timeRatio(base, other);
    close(ours.ratio, ratio);
    close(ours.error!, error);
    assert.equal(ours.freedom, freedom);
    close(ours.interval!.low, low);
    close(ours.interval!.high, high);
    assert.ok(ours.interval!.low <= scipy[0] && ours.interval!.high >= scipy[1]);
  }
});

Deno.test("the detectable ratio is found as often as it says, and none at all seldom", () => {
  const [trials, count, spread] = [3000, 5, 0.1];
  const found = (slower: number, name: string) => {
    const stream = random(5, name);
    const times = (middle: number) =>
      Array.from({ length: count }, () => middle * Math.exp(spread * stream.normal()));
    let finds = 0;
    let detectable = 0;
    for (let trial = 0; trial < trials; trial++) {
      const ratio = timeRatio(times(1), times(slower));
      if (ratio.interval!.low > 1) finds++;
      detectable += ratio.detectable! / trials;
    }
    return { share: finds / trials, detectable };
  };
  const none = found(1, "none");
  assert.ok(none.share < 0.025 + 0.009, `${none.share} found where there is nothing`);
  // what single comparisons say of the detectable scatters; their mean is meant
  const { share } = found(none.detectable, "detectable");
  assert.ok(share > 0.72 && share < 0.9, `${share} found`);
});

Deno.test("ratios of several models have a narrower one in common; few units have no interval", () => {
  const [one, two] = [timeRatio([1, 1.1, 0.9], [2, 2.2, 1.8]), timeRatio([1, 1.2, 0.9], [1, 1, 1])];
  const both = commonRatio([one, two]);
  assert.ok(Math.abs(both.ratio - Math.sqrt(one.ratio * two.ratio)) < 1e-12);
  const width = ({ interval }: typeof one) => Math.log(interval!.high / interval!.low);
  assert.ok(width(both) < Math.max(width(one), width(two)));
  assert.deepEqual(commonRatio([one]).interval!.level, 0.95);
  assert.ok(Math.abs(width(commonRatio([one])) - width(one)) < 1e-9);
  assert.equal(timeRatio([1, 2], [1, 2, 3]).interval, null);
  assert.equal(commonRatio([one, timeRatio([1], [1])]).interval, null);
  assert.deepEqual(timeRatio([1, 1, 1], [2, 2, 2]).interval, { low: 2, high: 2, level: 0.95 });
  for (const times of [[], [0], [-1], [NaN], [Infinity]]) {
    assert.throws(() => timeRatio(times, [1]), /no times/);
  }
});
