import assert from "node:assert/strict";
import { random } from "../base/random.ts";
import { varianceComponents } from "./components.ts";

Deno.test("the components of drawn values are those that they were drawn with, on average", () => {
  const [tables, rows, columns] = [400, 10, 3];
  const sums = { patients: 0, seeds: 0, rest: 0 };
  for (let table = 0; table < tables; table++) {
    const draw = random(table, "components");
    const seeds = Array.from({ length: columns }, () => 2 * draw.normal());
    const values = Array.from({ length: rows }, () => {
      const patient = 3 * draw.normal();
      return seeds.map((seed) => patient + seed + draw.normal());
    });
    const found = varianceComponents(values);
    for (const part of ["patients", "seeds", "rest"] as const) sums[part] += found[part] / tables;
  }
  assert.ok(Math.abs(sums.patients - 9) < 0.9, `${sums.patients}`);
  assert.ok(Math.abs(sums.seeds - 4) < 0.8, `${sums.seeds}`);
  assert.ok(Math.abs(sums.rest - 1) < 0.1, `${sums.rest}`);
});

Deno.test("a table with one seed, one patient or a gap is refused", () => {
  for (const table of [[], [[1, 2]], [[1], [2]], [[1, 2], [3]]]) {
    assert.throws(() => varianceComponents(table), /tells no variances/);
  }
});
