import assert from "node:assert/strict";
import fc from "fast-check";
import { normalised } from "./area_plot.ts";
import { bestLag, dynamicTimeWarping } from "./curve_alignment.ts";
import { concordance, curveOverlap, pearson } from "./curve_similarity.ts";

const curve = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 30 });

Deno.test("an area-plot reaches 1, and one of nothing stays zero", () => {
  assert.deepEqual([...normalised([0, 2, 4])], [0, 0.5, 1]);
  assert.deepEqual([...normalised([0, 0])], [0, 0]);
});

Deno.test("similarities of nothing or of constants are null with the reason", () => {
  assert.match(curveOverlap([0, 0], [0, 0]).reason!, /zero throughout/);
  assert.equal(curveOverlap([0, 0], [0, 1]).value, 0);
  assert.match(pearson([1, 1], [0, 1]).reason!, /prediction is constant/);
  assert.match(bestLag([0, 1], [1, 1]).reason!, /truth is constant/);
  assert.match(concordance([1, 1], [1, 1]).reason!, /constant/);
  assert.equal(concordance([1, 1], [0, 1]).value, 0);
});

Deno.test("a curve is like itself", () => {
  fc.assert(fc.property(curve, (values) => {
    const constant = values.every((value) => value === values[0]);
    assert.equal(dynamicTimeWarping(values, values, 2).value, 0);
    assert.equal(bestLag(values, values).value, constant ? null : 0);
    const r = pearson(values, values).value;
    assert.ok(constant ? r === null : Math.abs(r! - 1) < 1e-12);
  }));
});

Deno.test("a shifted curve is found at its shift, further along z being positive", () => {
  const truth = [0, 0, 0, 0, 1, 3, 2, 0, 0, 0, 0, 0];
  const later = [0, 0, 0, 0, 0, 0, 1, 3, 2, 0, 0, 0];
  assert.equal(bestLag(later, truth).value, 2);
  assert.equal(bestLag(truth, later).value, -2);
  assert.equal(dynamicTimeWarping(later, truth, 2).value, 0);
  assert.ok(dynamicTimeWarping(later, truth, 1).value! > 0);
});

Deno.test("concordance falls with a factor that Pearson's r does not see", () => {
  const truth = [0, 1, 2, 3, 1];
  const half = truth.map((area) => area / 2);
  assert.ok(Math.abs(pearson(half, truth).value! - 1) < 1e-12);
  assert.ok(concordance(half, truth).value! < 0.8);
});
