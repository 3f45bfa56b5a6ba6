/** Bounds of repeated looks, against scipy (fixtures/statistics/make_group_sequential.py) and by drawing. */

import assert from "node:assert/strict";
import { random } from "../base/random.ts";
import { spent, upperBounds } from "./group_sequential.ts";

interface Case {
  readonly alpha: number;
  readonly looks: readonly number[];
  readonly bounds: readonly number[];
}

const CASES: readonly Case[] = JSON.parse(
  Deno.readTextFileSync(
    new URL("../../fixtures/statistics/group_sequential.json", import.meta.url),
  ),
);

Deno.test("bounds of repeated looks are those of scipy's multivariate normal distribution", () => {
  for (const { alpha, looks, bounds } of CASES) {
    upperBounds(alpha, looks).forEach((bound, i) => {
      const off = Math.abs(bound - bounds[i]);
      assert.ok(off < 5e-4, `${alpha} at look ${i} of ${looks}: ${off} off`);
    });
  }
});

Deno.test("however often is looked, a false alarm is as frequent as promised, and not more", () => {
  const alpha = 0.05;
  const trials = 20_000;
  const plans = [[0.3, 0.5, 0.55, 1], [0.2, 0.25, 0.3, 0.6, 0.7, 0.8, 0.9, 1], [0.3, 0.4, 0.6]];
  for (const looks of plans) {
    // the third ends before all the information came, and spends what is left
    const bounds = upperBounds(alpha, looks, true);
    const stream = random(looks.length, "looks");
    let crossed = 0;
    for (let trial = 0; trial < trials; trial++) {
      let sum = 0;
      crossed += Number(looks.some((share, i) => {
        sum += Math.sqrt(share - (looks[i - 1] ?? 0)) * stream.normal();
        return sum / Math.sqrt(share) >= bounds[i];
      }));
    }
    // three standard errors of a share of 20,000
    assert.ok(Math.abs(crossed / trials - alpha) < 0.0047, `${looks}: ${crossed / trials}`);
  }
});

Deno.test("what is spent rises from nothing to all of it, and looks that do not rise are refused", () => {
  const shares = [0, 0.1, 0.5, 0.9, 1].map((information) => spent(0.01, information));
  assert.deepEqual(shares, shares.toSorted((a, b) => a - b));
  assert.deepEqual([shares[0], shares[4]], [0, 0.01]);
  assert.throws(() => upperBounds(0.01, [0.5, 0.5]), /rises to 1/);
  assert.throws(() => upperBounds(0.01, [0.5, 1.1]), /rises to 1/);
  assert.throws(() => upperBounds(0.5, [1]), /alpha/);
});
