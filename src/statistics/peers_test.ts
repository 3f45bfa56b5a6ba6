/** Statistics against scipy and statsmodels (fixtures/statistics/make_fixtures.py). */

import assert from "node:assert/strict";
import type { Random } from "../base/random.ts";
import { bcaInterval } from "./bca.ts";
import { holm } from "./holm.ts";
import { bootstrapMean, clustersOf } from "./mean_interval.ts";
import { normalQuantile, normalShare } from "./normal.ts";
import { mean } from "./summary.ts";
import { wilcoxon } from "./wilcoxon.ts";

interface Fixture {
  readonly normal: readonly {
    readonly shares: readonly (readonly [number, number])[];
    readonly quantiles: readonly (readonly [number, number])[];
  }[];
  readonly wilcoxon: readonly {
    readonly x: readonly number[];
    readonly s: number;
    readonly p: number;
  }[];
  readonly holm: readonly { readonly p: readonly number[]; readonly holm: readonly number[] }[];
  readonly resamples: readonly [number];
  readonly bootstrap: readonly {
    readonly x: readonly number[];
    readonly of: readonly number[];
    readonly level: number;
    readonly low: number | null;
    readonly high: number | null;
  }[];
}

const FIXTURE: Fixture = JSON.parse(
  Deno.readTextFileSync(new URL("../../fixtures/statistics/statistics.json", import.meta.url)),
);

function assertClose(ours: number, peer: number, tolerance: number, about: string): void {
  const off = Math.abs(ours - peer);
  assert.ok(off <= tolerance * Math.max(Math.abs(peer), 1e-300), `${about}: ${ours}, peer ${peer}`);
}

/** Numerical Recipes' 32-bit generator, as the fixture's script has it. */
function indexStream(seed: number): Random {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return { uniform, integer: (bound) => Math.floor(uniform() * bound), normal: uniform };
}

Deno.test("the normal distribution is scipy's to 1e-12, in the tails too", () => {
  const [{ shares, quantiles }] = FIXTURE.normal;
  for (const [z, share] of shares) assertClose(normalShare(z), share, 1e-12, `share below ${z}`);
  for (const [share, z] of quantiles) {
    const off = Math.abs(normalQuantile(share) - z);
    assert.ok(off <= 1e-13 * Math.max(1, Math.abs(z)), `z of ${share} is ${off} off`);
  }
  assert.deepEqual([0, 1].map(normalQuantile), [-Infinity, Infinity]);
  assert.deepEqual([-Infinity, Infinity].map(normalShare), [0, 1]);
});

Deno.test("signed-rank tests are scipy's on 1,000 inputs with ties, zeros and small n", () => {
  assert.equal(FIXTURE.wilcoxon.length, 1000);
  for (const { x, s, p } of FIXTURE.wilcoxon) {
    const ours = wilcoxon(x);
    assert.equal(ours.statistic, s, `[${x}]`);
    assertClose(ours.p, p, 1e-9, `[${x}]`);
  }
});

Deno.test("Holm's correction is statsmodels' on 1,000 families", () => {
  assert.equal(FIXTURE.holm.length, 1000);
  for (const { p, holm: peer } of FIXTURE.holm) {
    const ours = holm(p.map((thousandths) => thousandths / 1000));
    ours.forEach((value, i) => assertClose(value, peer[i], 1e-9, `[${p}] at ${i}`));
  }
});

Deno.test("BCa intervals are scipy's on 1,000 inputs, given the same resamples of patients", () => {
  assert.equal(FIXTURE.bootstrap.length, 1000);
  const [resamples] = FIXTURE.resamples;
  FIXTURE.bootstrap.forEach(({ x, of, level, low, high }, seed) => {
    const clusters = clustersOf(x, of);
    // without a spread scipy has no interval, and this neither
    if (clusters.length < 2) return assert.equal(low, null);
    const drawn = bootstrapMean(clusters, mean(x), resamples, indexStream(seed));
    const { interval, reason } = bcaInterval(drawn, level);
    if (interval === null) return assert.equal(low, null, reason);
    assertClose(interval.low, low!, 1e-9, `low of [${x}] of [${of}]`);
    assertClose(interval.high, high!, 1e-9, `high of [${x}] of [${of}]`);
  });
});
