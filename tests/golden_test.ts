import assert from "node:assert/strict";
import type { Precision } from "../src/backends/backend.ts";
import { BACKENDS, compile } from "../src/backends/mod.ts";
import { modelNames } from "../src/models/mod.ts";
import { cudnnOnDouble } from "./double.ts";
import { GOLDEN_CASES, loadCase, relativeError } from "./golden_cases.ts";
import { goldenChecksum } from "./golden_weights.ts";

/**
 * Largest ‖out - PyTorch‖ / ‖PyTorch‖: fp64 differs by the order of sums only; fp32 rounds at
 * about 6e-8, fp16 at about 5e-4 and bf16 at about 4e-3 a store, which add up over some hundred
 * layers. The double cuts the low bits of tf32's factors off, as tensor cores do of what they are
 * given: up to 1e-3 a factor, all towards zero.
 */
const TOLERANCE: Readonly<Record<Precision, number>> = {
  fp64: 1e-11,
  fp32: 2e-5,
  tf32: 2e-2,
  fp16: 4e-3,
  bf16: 3e-2,
};

Deno.test("golden cases cover every model, their logits spread, and every single layer matters", () => {
  for (const { logits_std, least_change, bf16_error } of GOLDEN_CASES) {
    assert.ok(logits_std >= 1);
    assert.ok(least_change.relative >= 50 * TOLERANCE.fp32);
    assert.ok(bf16_error <= TOLERANCE.bf16);
  }
  const covered = new Set(GOLDEN_CASES.map(({ model }) => model));
  assert.deepEqual(modelNames().filter((name) => !covered.has(name)), []);
});

for (const golden of GOLDEN_CASES) {
  Deno.test(`golden ${golden.case}: the weights made here are those that PyTorch had`, () => {
    const { graph, weights } = loadCase(golden);
    assert.equal(goldenChecksum(graph, weights), golden.weights);
  });
}

const FACTORIES = [
  ...BACKENDS.map((factory) => ({ name: factory.name as string, factory })),
  { name: "cudnn (the double)", factory: cudnnOnDouble() },
];

for (const { name, factory } of FACTORIES) {
  const { available, detail } = factory.probe();
  for (const golden of GOLDEN_CASES) {
    Deno.test({
      name: `golden ${golden.case} on ${name}` +
        (available ? "" : ` (skipped: ${detail})`),
      ignore: !available,
      fn() {
        const { graph, weights, x, logits } = loadCase(golden);
        using backend = factory.open();
        for (const precision of backend.precisions) {
          using executable = compile(backend, graph, weights, precision);
          const [input, output] = [executable.inputs[0].name, executable.outputs[0].name];
          const out = new Float64Array(logits.length);
          executable.run({ [input]: x }, { [output]: out });
          const error = relativeError(out, logits);
          assert.ok(error <= TOLERANCE[precision], `${precision}: relative error ${error}`);
        }
      },
    });
  }
}
