import assert from "node:assert/strict";
import fc from "fast-check";
import { SCHEDULES } from "./schedule.ts";

Deno.test("step: a third after every five epochs", () => {
  const rate = (step: number) => SCHEDULES.step({ step, steps: 75, stepsPerEpoch: 5 });
  const expected = [[0, 1], [24, 1], [25, 1 / 3], [49, 1 / 3], [50, 1 / 9], [74, 1 / 9]];
  for (const [step, share] of expected) assert.ok(Math.abs(rate(step) - share) < 1e-15, `${step}`);
});

Deno.test("one_cycle: up to the highest at a tenth and down again, without a jump", () => {
  fc.assert(fc.property(fc.integer({ min: 2, max: 2000 }), (steps) => {
    const rates = Array.from(
      { length: steps },
      (_, step) => SCHEDULES.one_cycle({ step, steps, stepsPerEpoch: 1 }),
    );
    assert.ok(rates.every((rate) => rate > 0 && rate <= 1));
    // the steepest of the two half cosines: pi / 2 over its length
    const steepest = Math.PI / 2 / (0.1 * steps);
    rates.slice(1).forEach((rate, i) => assert.ok(Math.abs(rate - rates[i]) <= steepest + 1e-12));
    const top = rates.indexOf(Math.max(...rates));
    assert.ok(Math.abs(top - 0.1 * steps) <= 1);
    const falling = rates.slice(top);
    assert.ok(falling.every((rate, i) => i === 0 || rate < falling[i - 1]));
  }));
  const first = SCHEDULES.one_cycle({ step: 0, steps: 100, stepsPerEpoch: 10 });
  assert.ok(Math.abs(first - 1 / 25) < 1e-15);
  assert.equal(SCHEDULES.one_cycle({ step: 10, steps: 100, stepsPerEpoch: 10 }), 1);
});
