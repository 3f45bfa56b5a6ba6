/**
 * The golden numbers would notice a layer that is missing: each layer of the small models in turn
 * is bypassed, or zeroed where shapes do not allow that, and the comparison must fail by a wide
 * margin. (The maker of the golden numbers does both in PyTorch, for every case.)
 */

import assert from "node:assert/strict";
import { elements, sameShape } from "../src/base/shapes.ts";
import type { Backend } from "../src/backends/backend.ts";
import { compile } from "../src/backends/mod.ts";
import { reference } from "../src/backends/reference/mod.ts";
import type { Graph, Node, ValueId } from "../src/graph/graph.ts";
import type { WeightSource } from "../src/graph/weights.ts";
import { tensor } from "../src/tensor/tensor.ts";
import { GOLDEN_CASES, loadCase, relativeError } from "./golden_cases.ts";

/** Ten times what fp32 may be off. */
const NOTICED = 2e-4;

/** The graph with the value of some nodes replaced by zeros: they become parameters. */
function zeroed(graph: Graph, nodes: readonly Node[]): Graph {
  const gone = new Set<ValueId>(nodes.map(({ output }) => output));
  const parameters = nodes.map(({ output }) => ({
    value: output,
    init: { kind: "constant", value: 0 } as const,
    trainable: false,
  }));
  return {
    ...graph,
    values: graph.values.map((v, id) => (gone.has(id) ? { ...v, from: "parameter" } : v)),
    parameters: [...graph.parameters, ...parameters],
    nodes: graph.nodes.filter(({ output }) => !gone.has(output)),
  };
}

/**
 * The graph with nodes replaced by their first inputs; undefined where shapes do not allow it, or
 * where nothing would change: pooling a single pixel.
 */
function bypassed(graph: Graph, nodes: readonly Node[]): Graph | undefined {
  const shape = (id: ValueId) => graph.values[id].shape;
  const changes = nodes.every(({ op, inputs, output }) =>
    sameShape(shape(inputs[0]), shape(output)) && !op.startsWith("global_")
  );
  if (!changes) return undefined;
  const source = new Map(nodes.map(({ inputs, output }) => [output, inputs[0]]));
  const follow = (id: ValueId) => source.get(id) ?? id;
  return {
    ...graph,
    nodes: graph.nodes
      .filter(({ output }) => !source.has(output))
      .map((node): Node => ({ ...node, inputs: node.inputs.map(follow) })),
    outputs: graph.outputs.map(follow),
  };
}

/** Nodes by layer: CBAM uses its dense layers twice, for means and for maxima. */
function layers(graph: Graph): Map<string, Node[]> {
  return Map.groupBy(graph.nodes, ({ name }) => name.replace(/\.max$/, ""));
}

function run(backend: Backend, graph: Graph, weights: WeightSource, x: Float32Array) {
  using executable = compile(backend, graph, weights, "fp64");
  const [input, output] = [executable.inputs[0], executable.outputs[0]];
  const out = new Float64Array(elements(output.shape));
  executable.run({ [input.name]: x }, { [output.name]: out });
  return out;
}

for (const name of ["vnet-small-d", "unet-small-c"]) {
  Deno.test(`golden ${name}: no layer can be dropped unnoticed`, () => {
    const golden = GOLDEN_CASES.find((candidate) => candidate.case === name)!;
    const { graph, weights, x, logits } = loadCase(golden);
    const made = new Map(graph.parameters.map(({ value }) => {
      const { name } = graph.values[value];
      return [name, weights(name)] as const;
    }));
    const known: WeightSource = (name) => {
      const node = graph.nodes.find((node) => node.name === name);
      return made.get(name) ?? tensor("f32", graph.values[node!.output].shape);
    };
    using backend = reference.open();
    const unnoticed: string[] = [];
    for (const [layer, nodes] of layers(graph)) {
      const without = bypassed(graph, nodes) ?? zeroed(graph, nodes);
      const error = relativeError(run(backend, without, known, x), logits);
      // NaN must not count as noticed
      if (!(error > NOTICED)) unnoticed.push(`${layer}: ${error}`);
    }
    assert.deepEqual(unnoticed, []);
  });
}
