/**
 * Weights for timing: drawn, with slopes that differ, so that no engine merges or drops them.
 *
 * @module
 */

import { random } from "../../src/base/random.ts";
import { elements } from "../../src/base/shapes.ts";
import { type Graph, seededWeights, type WeightSource } from "../../src/graph/mod.ts";
import { tensor } from "../../src/tensor/mod.ts";

/** Slopes after which they come again: a prime. */
const PERIOD = 8191;

/** Seeded weights, but that slopes, which start at zero, lie in [0, 0.5). */
export function drawnWeights(graph: Graph): WeightSource {
  const drawn = seededWeights(graph, 1);
  const shapes = new Map(
    graph.parameters.map(({ value }) => [graph.values[value].name, graph.values[value].shape]),
  );
  return (name) => {
    if (!name.endsWith(".alpha")) return drawn(name);
    const shape = shapes.get(name)!;
    const slopes = new Float32Array(elements(shape));
    // tensors begin at different places of the period
    const first = random(1, "slopes", name).integer(PERIOD);
    for (let i = 0; i < slopes.length; i++) {
      slopes[i] = (first + i) * 7919 % PERIOD / (2 * PERIOD);
    }
    return tensor("f32", shape, slopes);
  };
}
