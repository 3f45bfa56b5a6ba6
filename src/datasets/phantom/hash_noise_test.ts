import assert from "node:assert/strict";
import { hash3, noisePlane, normalOf } from "./hash_noise.ts";

Deno.test("white noise has mean 0 and variance 1, and neighbours are unrelated", () => {
  const count = 40000;
  let [sum, squares, products] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const value = normalOf(hash3(3, i % 200, Math.floor(i / 200), 5));
    const next = normalOf(hash3(3, (i % 200) + 1, Math.floor(i / 200), 5));
    sum += value;
    squares += value * value;
    products += value * next;
  }
  assert.ok(Math.abs(sum / count) < 0.02);
  assert.ok(Math.abs(squares / count - 1) < 0.03);
  assert.ok(Math.abs(products / count) < 0.02);
});

Deno.test("value noise is one smooth field in space, whichever plane is asked for", () => {
  const period = 10;
  for (const z of [-25, -0.01, 3.3, 40]) {
    const here = noisePlane(8, period, z);
    const above = noisePlane(8, period, z + 0.1);
    for (const [x, y] of [[0, 0], [-17.3, 4], [100, -99.9], [-250, 255]]) {
      // The steepest slope of the smooth step is 1.5 over a period, for a jump of at most 2.
      const limit = (0.1 * 1.5 * 2) / period + 1e-6;
      assert.ok(Math.abs(here(x, y) - above(x, y)) <= limit);
      assert.ok(Math.abs(here(x, y) - here(x + 0.1, y)) <= limit);
      assert.ok(Math.abs(here(x, y)) <= 1);
      assert.equal(here(x, y), noisePlane(8, period, z)(x, y));
    }
  }
});
