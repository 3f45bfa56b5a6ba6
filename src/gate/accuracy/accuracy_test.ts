/** Accuracy by scan: the margin, and scans on which a measure is lost. */

import assert from "node:assert/strict";
import { accuracyOf } from "./compare_masks.ts";

const value = (base: number | null, other: number | null) => ({
  base,
  new: other,
  same: base === other,
});

Deno.test("a mean that loses more than the margin is worse, whatever single scans do", () => {
  const values = [value(0.8, 0.78), value(0.7, 0.72), value(0.6, 0.6)];
  const found = accuracyOf("m", "dice", values, 0.005);
  assert.deepEqual([found.worse, found.same, found.n], [false, 1, 3]);
  assert.ok(Math.abs(found.worst! + 0.02) < 1e-12);
  assert.ok(accuracyOf("m", "dice", [value(0.8, 0.79), value(0.7, 0.69)], 0.005).worse);
  assert.ok(!accuracyOf("m", "dice", [value(0.8, 0.79), value(0.7, 0.69)], 0.02).worse);
});

Deno.test("a scan on which the measure is lost is worse, one that was never defined is not", () => {
  assert.ok(accuracyOf("m", "dice", [value(0.8, 0.8), value(0.5, null)], 0.005).worse);
  const never = accuracyOf("m", "dice", [value(null, null)], 0.005);
  assert.deepEqual([never.worse, never.n, never.difference], [false, 0, null]);
});
