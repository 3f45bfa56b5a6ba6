/** Models of a gate: whose weights each side opens. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunScan } from "../bench/run_scans.ts";
import { parseSuite } from "../bench/suite.ts";
import { gateModels } from "./gate_models.ts";
import type { Side } from "./sides/sides.ts";

const ROOTS = { base: join("/", "checkouts", "base"), new: join("/", "checkouts", "new") };

/** A side in its checkout. */
function side(role: "base" | "new"): Side {
  const record = { role, from: "commit", commit: null, changed: null } as const;
  return { record, command: ["deno"], root: ROOTS[role] };
}

const scans = [1, null, 0, 1].map((fold, index) => ({ index, fold }) as RunScan);

Deno.test("of a cross-validation each scan goes through its own fold, in the checkout of each side", () => {
  const suite = parseSuite({
    schema: "stackbench/suite",
    version: 1,
    name: "crossed",
    description: "Three folds.",
    seed: 1,
    dataset: { manifest: "scans.json" },
    folds: { count: 3, seed: 1, outside: "ensemble" },
    models: [{
      model: "unet:small",
      input: [64, 64],
      weights: "../weights/fold-{fold}.safetensors",
    }],
  }, "a test");
  const folder = join(ROOTS.new, "suites");
  const [model] = gateModels({ suite, folder }, "onednn", undefined, ROOTS.new);
  const told = (role: "base" | "new") =>
    model.partsOf(side(role), scans).map(({ open, scans }) => [
      [open.model.weights, ...open.model.ensemble ?? []],
      scans.map(({ index }) => index),
    ]);
  const fold = (role: "base" | "new", index: number) =>
    join(ROOTS[role], "weights", `fold-${index}.safetensors`);
  for (const role of ["base", "new"] as const) {
    assert.deepEqual(told(role), [
      [[fold(role, 0)], [2]],
      [[fold(role, 1)], [0, 3]],
      [[0, 1, 2].map((one) => fold(role, one)), [1]],
    ]);
    assert.equal(model.openOf(side(role)).model.weights, fold(role, 0));
  }
});
