import assert from "node:assert/strict";
import fc from "fast-check";
import { casesOfFold } from "./folds.ts";
import type { Split } from "./manifest.ts";

const splits = fc.constantFrom<Split>("train", "validation", "test");
const caseLists = fc.array(fc.record({ patient: fc.nat(12), split: splits }), { maxLength: 60 });

/** Patients that are dealt out: those of the split `test` are not. */
const foldable = (cases: readonly { patient: number; split: Split }[]) =>
  new Set(cases.flatMap(({ patient, split }) => (split === "test" ? [] : [patient])));

Deno.test("each patient is tested in one fold, validates in one, and is never in two splits", () => {
  fc.assert(
    fc.property(caseLists, fc.integer({ min: 3, max: 5 }), fc.nat(), (drawn, count, seed) => {
      // the split is the patient's, as manifests demand
      const own = new Map(drawn.map(({ patient, split }) => [patient, split]));
      const cases = drawn.map(({ patient }, id) => ({ id, patient, split: own.get(patient)! }));
      const patients = foldable(cases);
      fc.pre(patients.size >= count);
      const folds = Array.from({ length: count }, (_, i) => casesOfFold(cases, { count, seed }, i));
      const roles = new Map([...patients].map((patient) => [patient, [] as Split[]]));
      for (const fold of folds) {
        assert.deepEqual(fold.map(({ id }) => id), cases.map(({ id }) => id));
        const splitOf = new Map<number, Split>();
        fold.forEach(({ patient, split }, i) => {
          assert.equal(splitOf.get(patient) ?? split, split);
          splitOf.set(patient, split);
          if (cases[i].split === "test") assert.equal(split, "test");
        });
        for (const [patient, role] of roles) role.push(splitOf.get(patient)!);
      }
      for (const role of roles.values()) {
        assert.equal(role.filter((split) => split === "test").length, 1);
        assert.equal(role.filter((split) => split === "validation").length, 1);
      }
      const tested = folds.map((fold) =>
        new Set(
          fold.filter(({ split, patient }) => split === "test" && patients.has(patient))
            .map(({ patient }) => patient),
        ).size
      );
      assert.ok(Math.max(...tested) - Math.min(...tested) <= 1);
    }),
  );
});

Deno.test("too few patients for the folds are refused", () => {
  const cases = [0, 0, 1, 2].map((patient) => ({ patient, split: "train" as const }));
  assert.throws(
    () => casesOfFold([...cases, { patient: 3, split: "test" }], { count: 4, seed: 1 }, 0),
    {
      name: "InputError",
      message: "3 patients are too few for 4 folds",
    },
  );
});

Deno.test("a rare site is spread over folds, and never withheld whole", () => {
  const cases = Array.from({ length: 10 }, (_, patient) => ({
    patient,
    split: "train" as const,
    site: patient === 3 || patient === 7 ? 1 : 0,
  }));
  for (let seed = 0; seed < 20; seed++) {
    for (let fold = 0; fold < 5; fold++) {
      const learned = casesOfFold(cases, { count: 5, seed }, fold)
        .filter(({ split }) => split === "train");
      assert.equal(learned.length, 6);
      assert.ok(learned.some(({ site }) => site === 1));
    }
  }
});
