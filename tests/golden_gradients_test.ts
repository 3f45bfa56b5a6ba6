/**
 * Training steps of whole nets against PyTorch: the loss, the gradient of every parameter and the
 * running statistics, on every backend.
 */

import assert from "node:assert/strict";
import type { BackendFactory, Precision } from "../src/backends/backend.ts";
import { cudnn } from "../src/backends/cudnn/mod.ts";
import { onednn } from "../src/backends/onednn/mod.ts";
import { reference } from "../src/backends/reference/mod.ts";
import { cudnnOnDouble } from "./double.ts";
import {
  distance,
  expected,
  GRADIENT_CASES,
  type GradientCase,
  modelOf,
  takeStep,
} from "./golden_gradients.ts";
import { goldenChecksum } from "./golden_weights.ts";

/** Errors that are accepted: relative to a gradient, or to all of them where it is (near) zero. */
interface Tolerance {
  readonly relative: number;
  readonly global: number;
}

const TOLERANCES: Readonly<Partial<Record<Precision, Tolerance>>> = {
  // the index has 10 digits
  fp64: { relative: 1e-9, global: 1e-11 },
  fp32: { relative: 1e-4, global: 1e-6 },
  // every activation and gradient is rounded to 8 bits on its way
  bf16: { relative: 3e-2, global: 1e-2 },
};

function verify(factory: BackendFactory, golden: GradientCase, precision: Precision): void {
  using backend = factory.open();
  const { outputs, implementations } = takeStep(backend, golden, precision);
  const tolerance = TOLERANCES[precision]!;
  const [loss] = Object.values(outputs);
  assert.ok(Math.abs(loss[0] - golden.value) <= tolerance.relative * golden.value, `loss ${loss}`);
  const wrong = expected(golden).flatMap(([name, parameter, digest]) => {
    const error = distance(outputs[name], digest, golden.seed, parameter);
    const allowed = Math.max(tolerance.relative * digest.norm, tolerance.global * golden.norm);
    return error <= allowed ? [] : [`${name}: ${error} > ${allowed}`];
  });
  assert.deepEqual(wrong, []);
  assert.deepEqual(Object.keys(outputs).length, expected(golden).length + 1);
  assert.deepEqual(implementations.filter((text) => /\bref/.test(text)), []);
}

/** Backends that compute in single precision. */
const SINGLE: readonly (readonly [string, BackendFactory])[] = [
  ["onednn", onednn],
  ["cudnn", cudnn],
  ["cudnn (the double)", cudnnOnDouble()],
];

/** The smallest case, in which the double takes a training step in bf16 as well. */
const SMALLEST = "vnet-softmax";

for (const golden of GRADIENT_CASES) {
  Deno.test(`golden gradients: ${golden.case}, weights are those of PyTorch`, () => {
    const { model, weights } = modelOf(golden);
    assert.equal(goldenChecksum(model, weights), golden.weights);
  });
  Deno.test(`golden gradients: ${golden.case}, reference fp64`, () => {
    verify(reference, golden, "fp64");
  });
  for (const [name, factory] of SINGLE) {
    const { available, detail } = factory.probe();
    Deno.test({
      name: `golden gradients: ${golden.case}, ${name} fp32${
        available ? "" : ` (skipped: ${detail})`
      }`,
      ignore: !available,
      fn: () => verify(factory, golden, "fp32"),
    });
    if (factory === onednn || golden.case !== SMALLEST) continue;
    Deno.test({
      name: `golden gradients: ${golden.case}, ${name} bf16${
        available ? "" : ` (skipped: ${detail})`
      }`,
      ignore: !available,
      fn: () => verify(factory, golden, "bf16"),
    });
  }
}
