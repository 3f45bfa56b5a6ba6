/**
 * Weights on grids of int8, one for each output channel.
 *
 * Batch norms that follow a convolution only scale its output channels, and so the grids with them:
 * rounding before or after they are folded in is the same.
 *
 * @module
 */

import type { Graph } from "../../src/graph/graph.ts";
import type { WeightSource } from "../../src/graph/weights.ts";
import { asFloat32, tensor } from "../../src/tensor/tensor.ts";
import { gridFor, onGrid } from "./grid.ts";
import type { Layer } from "./quantised_graph.ts";

/** The weights of a graph, those of the given layers rounded. */
export function quantisedWeights(
  graph: Graph,
  layers: ReadonlySet<Layer>,
  weights: WeightSource,
): WeightSource {
  const channelAxis = new Map(
    [...layers].map(({ op, inputs }) => [graph.values[inputs[1]].name, op === "conv" ? 0 : 1]),
  );
  return (name) => {
    const given = weights(name);
    const axis = channelAxis.get(name);
    return axis === undefined
      ? given
      : tensor("f32", given.shape, rounded(asFloat32(given), given.shape, axis));
  };
}

/** Weights of a layer, each output channel on a grid that reaches to its largest. */
function rounded(
  data: Float32Array<ArrayBuffer>,
  shape: readonly number[],
  axis: number,
): Float32Array<ArrayBuffer> {
  const inner = shape.slice(axis + 1).reduce((all, size) => all * size, 1);
  const channelOf = (i: number) => Math.floor(i / inner) % shape[axis];
  const largest = new Float64Array(shape[axis]);
  data.forEach((value, i) => {
    const channel = channelOf(i);
    largest[channel] = Math.max(largest[channel], Math.abs(value));
  });
  const grids = Array.from(largest, (most) => gridFor(most, true));
  return data.map((value, i) => onGrid(value, grids[channelOf(i)]));
}
