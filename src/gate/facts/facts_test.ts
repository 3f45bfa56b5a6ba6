/** Facts of two programs: what fails a gate, what is told, and what does not count. */

import assert from "node:assert/strict";
import type { PlanFacts, StepFacts } from "../../bench/plan_facts.ts";
import { compareImports } from "./compare_imports.ts";
import { comparePlans } from "./compare_plans.ts";

const step = (name: string, op: string, implementation = "brgconv"): StepFacts => ({
  name,
  ops: [op],
  output: "1x8x4x4",
  implementation,
  flops: 100,
  bytes: 10,
});

const PLAN: PlanFacts = {
  graphHash: "a",
  weightsSha256: "b",
  parameters: 5,
  steps: [step("one", "conv"), step("two", "conv"), step("three", "max_pool")],
  memory: { arena: 10, weights: 20, scratch: 0 },
  threads: 2,
  libraries: { onednn: "3.9" },
};

/** Kinds of what is worse, and of what is only told. */
function kinds(other: Partial<PlanFacts>) {
  const found = comparePlans(PLAN, { ...PLAN, ...other });
  const of = (wanted: boolean) =>
    found.filter(({ worse }) => worse === wanted).map(({ kind }) => kind);
  return { worse: of(true), told: of(false) };
}

Deno.test("nothing differs of a plan from itself, nor where nodes are renamed", () => {
  assert.deepEqual(comparePlans(PLAN, PLAN), []);
  const steps = PLAN.steps.map((one, i) => ({ ...one, name: `node${i}` }));
  assert.deepEqual(comparePlans(PLAN, { ...PLAN, steps, graphHash: "other" }), []);
});

Deno.test("a step that falls to another kernel is named with both", () => {
  const steps = PLAN.steps.with(1, step("two", "conv", "ref"));
  const [found] = comparePlans(PLAN, { ...PLAN, steps });
  assert.deepEqual(found, {
    kind: "kernels",
    what: "step 2 (two: conv -> 1x8x4x4)",
    base: "brgconv",
    new: "ref",
    worse: true,
  });
});

Deno.test("a step more is worse and shifts no other; less work and memory are only told", () => {
  const more = [step("new", "relu"), ...PLAN.steps];
  assert.deepEqual(kinds({ steps: more }).worse, ["steps", "work", "work"]);
  assert.deepEqual(kinds({ steps: PLAN.steps.slice(1) }), {
    worse: [],
    told: ["steps", "work", "work"],
  });
  assert.deepEqual(kinds({ memory: { arena: 9, weights: 21, scratch: 0 } }), {
    worse: ["memory"],
    told: ["memory"],
  });
});

Deno.test("a thread less is worse; other weights and libraries are told, and judged elsewhere", () => {
  assert.deepEqual(kinds({ threads: 1 }).worse, ["threads"]);
  assert.deepEqual(kinds({ weightsSha256: "c", libraries: { onednn: "3.8" } }), {
    worse: [],
    told: ["weights", "libraries"],
  });
});

Deno.test("a package that is imported at the start is worse, a file of one's own is told", () => {
  const found = compareImports(["src/a.ts"], ["src/a.ts", "src/b.ts", "npm:/zod@4.0.0"]);
  assert.deepEqual(found.map(({ new: other, worse }) => [other, worse]), [
    ["src/b.ts", false],
    ["npm:/zod@4.0.0", true],
  ]);
  assert.deepEqual(compareImports(["npm:/zod@4.0.0"], []).map(({ worse }) => worse), [false]);
});
