/**
 * Random inputs and weights of graphs, the same every time.
 *
 * @module
 */

import { random } from "../src/base/random.ts";
import { elements, type Shape } from "../src/base/shapes.ts";
import type { Graph } from "../src/graph/graph.ts";
import type { WeightSource } from "../src/graph/weights.ts";
import { tensor } from "../src/tensor/tensor.ts";

/**
 * Random weights of every parameter: those of sums keep the size of what they sum, the others are
 * about what they start as, and variances are above 1. Otherwise a net amplifies what it is given
 * until its attention saturates, and says more of that than of a backend.
 */
export function randomWeights(graph: Graph): WeightSource {
  const parameters = new Map(
    graph.parameters.map(({ value, init }) => {
      const { name, shape } = graph.values[value];
      return [name, { shape, init }];
    }),
  );
  return (name) => {
    const { shape, init } = parameters.get(name)!;
    const data = normal(shape, name).map((v) => {
      if (init.kind === "he_normal") return v * Math.sqrt(2 / init.fanIn);
      return name.endsWith("var") ? 1 + v * v : init.value + 0.2 * v;
    });
    return tensor("f32", shape, data);
  };
}

/** Normal numbers by a label. */
export function normal(shape: Shape, label: string): Float32Array<ArrayBuffer> {
  const stream = random(1, "suite", label);
  return Float32Array.from({ length: elements(shape) }, () => stream.normal());
}
