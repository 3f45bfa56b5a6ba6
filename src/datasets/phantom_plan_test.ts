import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../base/errors.ts";
import { planPhantoms } from "./phantom_plan.ts";

Deno.test("a plan has the scans asked for, patients in one split each, and healthy scans", () => {
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, scans) => {
    const plan = planPhantoms({ seed, scans });
    assert.deepEqual(plan, planPhantoms({ seed, scans }));
    assert.equal(plan.length, scans);
    assert.equal(new Set(plan.map(({ id }) => id)).size, scans);
    const patients = new Map<string, Set<string>>();
    for (const { patient, split } of plan) {
      patients.set(patient, (patients.get(patient) ?? new Set()).add(split));
    }
    for (const splits of patients.values()) assert.equal(splits.size, 1);
    const splits = new Set(plan.map(({ split }) => split));
    assert.ok(splits.has("test"));
    if (patients.size >= 3) assert.equal(splits.size, 3);
    // Every split can be scored: it has a scan with lesions.
    for (const split of splits) {
      assert.ok(plan.some((each) => each.split === split && each.parameters.lesions));
    }
    const healthy = plan.filter(({ parameters }) => !parameters.lesions).length;
    assert.ok(healthy <= Math.max(1, Math.round(0.2 * scans)));
    if (scans >= 8) assert.ok(healthy >= 1);
  }));
});

Deno.test("grids vary around the shape unless told not to; shares are taken at their word", () => {
  const varied = planPhantoms({ seed: 4, scans: 12, shape: [40, 64, 64] });
  const slices = varied.map(({ parameters }) => parameters.shape[0]);
  assert.ok(new Set(slices).size > 4);
  assert.ok(slices.every((count) => count >= 34 && count <= 46));
  const fixed = planPhantoms({ seed: 4, scans: 3, shape: [709, 512, 512], vary: false });
  assert.ok(fixed.every(({ parameters }) => parameters.shape[0] === 709));
  assert.ok(
    planPhantoms({ seed: 4, scans: 9, healthy: 1 }).every(({ parameters }) => !parameters.lesions),
  );
  assert.ok(
    planPhantoms({ seed: 4, scans: 9, healthy: 0 }).every(({ parameters }) => parameters.lesions),
  );
  const twice = planPhantoms({ seed: 4, scans: 6, followUp: 1 });
  assert.deepEqual(twice.map(({ id }) => id).slice(0, 3), ["p001-1", "p001-2", "p002-1"]);
  for (
    const wrong of [{ scans: 0 }, { scans: 1.5 }, { scans: 2, healthy: 1.1 }, {
      scans: 2,
      shape: [0, 1, 1] as const,
    }]
  ) assert.throws(() => planPhantoms({ seed: 1, ...wrong }), InputError);
});
