/**
 * Ten steps of training against PyTorch: the loss before each, and every weight and running
 * statistic after the last, on both backends.
 */

import assert from "node:assert/strict";
import type { BackendFactory } from "../src/backends/backend.ts";
import { onednn } from "../src/backends/onednn/mod.ts";
import { reference } from "../src/backends/reference/mod.ts";
import { weightSource } from "../src/training/state.ts";
import { replay, startOf, type TrainingCase, trainingCases } from "./golden_training.ts";
import { goldenChecksum } from "./golden_weights.ts";

/**
 * Relative errors that are accepted, with weights in single precision as PyTorch's own fp32 run
 * has them: of each loss, and of the change of all weights together.
 */
const TOLERANCE = { loss: 1e-6, weights: 1e-3 };

/**
 * The attention before each residual block takes maxima over channels and positions: whichever is
 * the largest by a hair changes with any rounding, in PyTorch too (1e-5 to 1e-4 from seed to seed).
 */
const JUMPING = { loss: 2e-4, weights: 5e-2 };

function verify(factory: BackendFactory, golden: TrainingCase): void {
  using backend = factory.open();
  const apart = replay(backend, golden);
  const tolerance = golden.case === "unet-small" ? JUMPING : TOLERANCE;
  assert.ok(apart.first <= TOLERANCE.loss, `the first loss is off by ${apart.first}`);
  assert.ok(apart.loss <= tolerance.loss, `a loss is off by ${apart.loss}`);
  assert.ok(apart.weights <= tolerance.weights, `the changes are off by ${apart.weights}`);
  assert.deepEqual(apart.wrong, []);
}

for (const golden of trainingCases()) {
  Deno.test(`golden training: ${golden.case}, reference`, () => {
    const { model, state } = startOf(golden);
    assert.equal(goldenChecksum(model.graph, weightSource(state)), golden.weights);
    verify(reference, golden);
  });
  const { available, detail } = onednn.probe();
  Deno.test({
    name: `golden training: ${golden.case}, onednn${available ? "" : ` (skipped: ${detail})`}`,
    ignore: !available,
    fn: () => verify(onednn, golden),
  });
}
