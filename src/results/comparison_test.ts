import assert from "node:assert/strict";
import { sampleRunResult } from "./sample.ts";
import { meanInterval } from "../statistics/mod.ts";
import { comparePairs } from "./comparison.ts";
import { dice } from "./experiments/dice.ts";
import type { RunFacts } from "./facts.ts";

/** Six scans of five patients, and one of the training split: what the models scored. */
const VOLUMETRIC = [0.8, 0.7, 0.9, 0.6, 0.85, 0.75, 0];
const PLANAR = [0.7, 0.65, 0.5, 0.65, 0.6, null, 0.99];
const PATIENTS = [0, 0, 1, 2, 3, 4, 5];

/** Records of one 3-D model, and of a 2-D one with as many training runs as lists of Dice. */
function factsOf(
  volumetric: (number | null)[],
  planar: readonly (number | null)[][],
): RunFacts {
  const { dataset: { cases: [scan] }, predictions: [prediction], models: [u, v] } =
    sampleRunResult();
  const predictionsOf = (model: string, values: readonly (number | null)[], error: number) =>
    values.map((value, index) => ({
      ...prediction,
      model,
      case: index,
      metrics: {
        dice: value === null ? { value, reason: "both are empty" } : { value },
        volume_error: { value: error },
      },
    }));
  return {
    models: [v, ...planar.map((_, run) => ({ ...u, id: `u${run}` }))],
    cases: PATIENTS.map((patient, index) => ({
      ...scan,
      index,
      patient,
      split: index < 6 ? "test" : "train",
    })),
    predictions: [
      ...predictionsOf("v", volumetric, -0.3),
      ...planar.flatMap((values, run) => predictionsOf(`u${run}`, values, 0.1)),
    ],
    threshold: 0.2,
    panels: null,
    combinations: [],
    seed: 1,
    complete: true,
    timedCase: null,
  };
}

Deno.test("models are compared on the test scans that both have, signed errors by their size", () => {
  const made = comparePairs(factsOf(VOLUMETRIC, [PLANAR]));
  assert.ok(made.status === "done");
  const [{ volumetric, planar, comparisons: [first, volume] }] = made.pairs;
  assert.deepEqual([made.splits, volumetric, planar], [["test"], ["v"], ["u0"]]);
  assert.deepEqual([first.measure, first.n, first.patients, first.leftOut], ["dice", 5, 4, 1]);
  // differences 0.1, 0.05, 0.4, -0.05, 0.25: the ranks of the smallest two are shared
  assert.equal(first.difference!.toFixed(6), "0.150000");
  assert.equal(volume.measure, "size of volume_error");
  assert.equal(volume.difference!.toFixed(6), "0.200000");
  assert.deepEqual([volume.p, volume.pHolm], [0.03125, 0.0625]);
});

Deno.test("several trainings of one architecture are one side, their mean a scan's value", () => {
  const made = comparePairs(
    factsOf(VOLUMETRIC, [PLANAR, PLANAR.map((value) => value && value + 0.1)]),
  );
  assert.ok(made.status === "done");
  const [{ planar, comparisons: [first] }] = made.pairs;
  assert.deepEqual([made.pairs.length, planar], [1, ["u0", "u1"]]);
  assert.equal(first.difference!.toFixed(6), "0.100000");
});

Deno.test("the mean Dice has the interval of its scans by patient, once the run is complete", () => {
  const facts = factsOf(VOLUMETRIC, [PLANAR]);
  const made = dice.make(facts, []);
  assert.ok(made.status === "done");
  const [{ mean }, { mean: other, undefinedScans }] = made.models;
  const of = { seed: 1, patients: PATIENTS.slice(0, 6) };
  assert.deepEqual(mean.interval, meanInterval(VOLUMETRIC.slice(0, 6), of).interval);
  assert.equal(mean.value!.toFixed(6), (4.6 / 6).toFixed(6));
  assert.deepEqual([other.value!.toFixed(6), undefinedScans], ["0.620000", 1]);
  const partial = dice.make({ ...facts, complete: false }, []);
  assert.ok(partial.status === "done");
  assert.deepEqual(partial.models[0].mean, { value: mean.value });
});

Deno.test("with one patient there is no interval, and the reason stands there", () => {
  const facts = factsOf(VOLUMETRIC, [PLANAR]);
  const cases = facts.cases.map((scan) => ({ ...scan, patient: 0 }));
  const made = comparePairs({ ...facts, cases });
  assert.ok(made.status === "done");
  const [{ interval, reason }] = made.pairs[0].comparisons;
  assert.deepEqual([interval, reason], [null, "one patient has no spread"]);
});
