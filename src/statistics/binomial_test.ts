/** Intervals of counted shares, against scipy (fixtures/statistics/make_binomial.py). */

import assert from "node:assert/strict";
import { exactInterval } from "./binomial.ts";

const CASES: readonly {
  count: number;
  trials: number;
  level: number;
  low: number;
  high: number;
}[] = JSON.parse(
  Deno.readTextFileSync(new URL("../../fixtures/statistics/binomial.json", import.meta.url)),
);

Deno.test("exact intervals of shares are those of scipy", () => {
  for (const { count, trials, level, low, high } of CASES) {
    const found = exactInterval(count, trials, level);
    assert.ok(Math.abs(found.low - low) < 1e-9, `${count} of ${trials}: ${found.low}, not ${low}`);
    assert.ok(
      Math.abs(found.high - high) < 1e-9,
      `${count} of ${trials}: ${found.high}, not ${high}`,
    );
  }
  assert.throws(() => exactInterval(3, 2), /no share/);
});
