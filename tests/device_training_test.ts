/**
 * Training whose weights stay on the device takes the same steps as one whose weights are on the
 * host, bit for bit: on the double.
 */

import assert from "node:assert/strict";
import type { Backend, Executable, Precision } from "../src/backends/mod.ts";
import { elements } from "../src/base/shapes.ts";
import { random } from "../src/base/random.ts";
import { buildModel } from "../src/models/mod.ts";
import { initialState, stateHash, type TrainingState } from "../src/training/state.ts";
import { Stepper } from "../src/training/step.ts";
import { thatOnlyRuns } from "../benchmarks/gpu/same_masks.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();
const skipped = path === null ? ` (skipped: ${problem})` : "";

/** A backend whose executables keep no weights. */
function forgetful(backend: Backend): Backend {
  const { name, device, precisions, planning } = backend;
  return {
    ...{ name, device, precisions, planning },
    lower(plan, weights, precision): Executable {
      const inner = backend.lower(plan, weights, precision);
      return { ...thatOnlyRuns(inner), [Symbol.dispose]: () => inner[Symbol.dispose]() };
    },
    [Symbol.dispose]() {},
  };
}

const MODELS = {
  "vnet:small": { spatial: [16, 8, 8], options: {} },
  "unet:small": {
    spatial: [32, 32],
    batch: 2,
    options: { widths: "4:4:4:8:8:8", middle: "1", w: "1" },
  },
} as const;

/** Losses of four steps, and the state after them. */
function trained(
  backend: Backend,
  name: keyof typeof MODELS,
  precision: Precision,
): {
  readonly losses: readonly number[];
  readonly state: TrainingState;
  /** Whether the weights on the host were not touched before they were asked for. */
  readonly stayed: boolean;
} {
  const model = buildModel(name, MODELS[name]);
  const state = initialState(model.graph, 5);
  const options = { loss: "dice", momentum: 0.9, dropout: true, seed: 5, precision } as const;
  using stepper = new Stepper(backend, model, state, options);
  const stream = random(9, "batches");
  const losses = [1, 2, 3, 4].map((step) => {
    const image = Float32Array.from({ length: elements(model.inputShape) }, () => stream.uniform());
    const pixels = elements(model.outputShape) / model.outputShape[1];
    const target = Float32Array.from({ length: pixels }, () => Number(stream.uniform() > 0.6));
    const { loss, finite } = stepper.step(state, { image, target }, 1e-2 / step);
    assert.ok(finite);
    return loss;
  });
  const stayed =
    stateHash(model.graph, state) === stateHash(model.graph, initialState(model.graph, 5));
  stepper.settle(state);
  return { losses, state, stayed };
}

for (const name of Object.keys(MODELS) as (keyof typeof MODELS)[]) {
  for (const precision of ["fp32", "bf16"] as const) {
    Deno.test({
      name: `${name} in ${precision} learns on the device what it learns on the host${skipped}`,
      ignore: path === null,
      fn() {
        using backend = cudnnOnDouble().open();
        const there = trained(backend, name, precision);
        const here = trained(forgetful(backend), name, precision);
        assert.deepEqual([there.stayed, here.stayed], [true, false]);
        assert.deepEqual(there.losses, here.losses);
        assert.ok(there.losses[0] !== there.losses[3]);
        for (const [weight, { weights, mean, square }] of there.state.weights) {
          const wanted = here.state.weights.get(weight)!;
          assert.deepEqual(weights, wanted.weights, weight);
          assert.deepEqual([mean, square], [wanted.mean, wanted.square], `moments of ${weight}`);
        }
      },
    });
  }
}

Deno.test({
  name: `a weight that is no number any more is noticed on the device${skipped}`,
  ignore: path === null,
  fn() {
    using cleanup = new DisposableStack();
    const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
    {
      using backend = cudnnOnDouble().open();
      const model = buildModel("vnet:small", MODELS["vnet:small"]);
      const state = initialState(model.graph, 5);
      const options = { loss: "dice", momentum: 0.9, dropout: false, seed: 5 } as const;
      using stepper = new Stepper(backend, model, state, options);
      const image = new Float32Array(elements(model.inputShape)).fill(0.5);
      const target = new Float32Array(elements(model.outputShape)).fill(1);
      assert.equal(stepper.step(state, { image, target }, Infinity).finite, false);
    }
    assert.equal(control.symbols.doubleAlive(), 0n);
  },
});
