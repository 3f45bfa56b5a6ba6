/** Loading weights into an executable, as training does after every step. */

import assert from "node:assert/strict";
import { elements } from "../src/base/shapes.ts";
import { BACKENDS, compile, type Executable } from "../src/backends/mod.ts";
import { openHandles } from "../src/backends/onednn/library/handles.ts";
import {
  type Graph,
  GraphBuilder,
  seededWeights,
  trainingStep,
  uniformWindow,
} from "../src/graph/mod.ts";
import { buildModel } from "../src/models/mod.ts";

/** A net whose convolutions are folded and not, and whose slopes are one an element. */
const MODEL = buildModel("vnet:small", {
  spatial: [8, 16, 16],
  options: { act: "prelu_e" },
});

/** A net whose batch norms are folded into convolutions. */
const INFERENCE = buildModel("unet:small", { spatial: [32, 32] });

/** A convolution in tiles with its input in the weights, whose weights are packed as many times as a tile has products. */
function tiled(): Graph {
  const b = new GraphBuilder("tiled");
  const x = b.input("x", [1, 48, 16, 40]);
  const c = b.conv("c", x, { channels: 48, ...uniformWindow(2, 3, 1, 1) });
  return b.build(b.apply("add", "sum", [c, x], {}));
}

function outputsOf(executable: Executable): Record<string, Float32Array> {
  const fill = (value: (i: number) => number) => (length: number) =>
    Float32Array.from({ length }, (_, i) => value(i));
  const wave = fill((i) => Math.sin(i * 12.9898));
  const bind = (ports: Executable["inputs"], make: (length: number) => Float32Array) =>
    Object.fromEntries(ports.map(({ name, shape }) => [name, make(elements(shape))]));
  const outputs = bind(executable.outputs, fill(() => NaN));
  executable.run(bind(executable.inputs, wave), outputs);
  return outputs;
}

for (const factory of BACKENDS) {
  const { available, detail } = factory.probe();
  const name = `${factory.name}: loaded weights give what fresh ones give, to the bit`;
  Deno.test({
    name: available ? name : `${name} (skipped: ${detail})`,
    ignore: !available,
    fn() {
      using backend = factory.open();
      const step = trainingStep(MODEL.graph, { loss: "dice", momentum: 0.9 });
      for (const graph of [step, INFERENCE.graph, tiled()] satisfies Graph[]) {
        const weights = [1, 2].map((seed) => seededWeights(graph, seed));
        const [first, second] = weights.map((source) => {
          using executable = compile(backend, graph, source);
          return outputsOf(executable);
        });
        using executable = compile(backend, graph, weights[1]);
        const handles = openHandles();
        executable.load(weights[0]);
        assert.deepEqual(outputsOf(executable), first);
        executable.load(weights[1]);
        assert.deepEqual(outputsOf(executable), second);
        assert.notDeepEqual(first, second);
        assert.equal(openHandles(), handles, "loading left handles open");
      }
    },
  });
}
