/** Student's t against scipy (fixtures/statistics/make_student_t.py), and what its interval holds. */

import assert from "node:assert/strict";
import { random } from "../base/random.ts";
import { geometricInterval, studentQuantile, studentShare } from "./student_t.ts";

type Row = readonly [given: number, freedom: number, peer: number];
const FIXTURE: { readonly shares: readonly Row[]; readonly quantiles: readonly Row[] } = JSON.parse(
  Deno.readTextFileSync(new URL("../../fixtures/statistics/student_t.json", import.meta.url)),
);

Deno.test("Student's t is scipy's", () => {
  for (const [t, freedom, share] of FIXTURE.shares) {
    const off = Math.abs(studentShare(t, freedom) - share);
    assert.ok(off <= 1e-14, `share below ${t} with ${freedom}: ${off} off`);
  }
  for (const [share, freedom, t] of FIXTURE.quantiles) {
    const off = Math.abs(studentQuantile(share, freedom) - t);
    assert.ok(off <= 1e-10 * Math.max(1, Math.abs(t)), `t of ${share} with ${freedom}: ${off} off`);
  }
  for (const freedom of [0, -1, 1.5, NaN]) assert.throws(() => studentShare(1, freedom), /whole/);
  for (const share of [0, 1, NaN]) assert.throws(() => studentQuantile(share, 3), /lies in/);
});

Deno.test("intervals of few values that scatter by factors hold the middle as often as they say", () => {
  const [trials, middle, spread] = [4000, 0.25, 0.13];
  for (const count of [3, 5]) {
    const stream = random(count, "coverage");
    let held = 0;
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from(
        { length: count },
        () => middle * Math.exp(spread * stream.normal()),
      );
      const { low, high } = geometricInterval(values)!;
      if (low <= middle && middle <= high) held++;
    }
    // three standard errors of a share of 4,000
    assert.ok(Math.abs(held / trials - 0.95) < 0.011, `${count}: ${held / trials}`);
  }
});
