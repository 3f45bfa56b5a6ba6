/**
 * The models at their sizes on oneDNN, where steps are cut in pieces.
 */

import assert from "node:assert/strict";
import { elements } from "../src/base/shapes.ts";
import { compile } from "../src/backends/mod.ts";
import { onednn } from "../src/backends/onednn/mod.ts";
import type { Graph } from "../src/graph/graph.ts";
import type { WeightSource } from "../src/graph/weights.ts";
import { buildModel } from "../src/models/mod.ts";
import { tensor } from "../src/tensor/tensor.ts";

Deno.test({
  name: "no step of the models at their sizes is slow, divided or not",
  ignore: !onednn.probe().available,
  fn() {
    using backend = onednn.open();
    for (
      const [name, spatial] of [["unet", [512, 512]], ["vnet:paper206", [32, 128, 128]]] as const
    ) {
      const { graph } = buildModel(name, { spatial });
      for (const precision of backend.precisions) {
        using executable = compile(backend, graph, zeros(graph), precision);
        const slow = executable.steps.filter(({ implementation }) =>
          /ref|any/.test(implementation)
        );
        assert.deepEqual(slow, [], `${name} in ${precision}`);
      }
    }
  },
});

/** Weights of the right shapes, and no more. */
function zeros(graph: Graph): WeightSource {
  const shapes = new Map(graph.parameters.map(({ value }) => {
    const { name, shape } = graph.values[value];
    return [name, shape];
  }));
  return (name) => {
    const shape = shapes.get(name)!;
    return tensor("f32", shape, new Float32Array(elements(shape)));
  };
}
