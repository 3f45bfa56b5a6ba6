/**
 * Whether a backend rounds a graph's tensors to their grids as the definition has it.
 *
 * @module
 */

import { type Backend, compile } from "../../src/backends/mod.ts";
import { random } from "../../src/base/random.ts";
import { elements } from "../../src/base/shapes.ts";
import { GraphBuilder, seededWeights, uniformWindow } from "../../src/graph/mod.ts";
import { gridFor, onGrid } from "./grid.ts";
import { layersOf, quantised } from "./quantised_graph.ts";

/** Room for the rounding of `scale * index`, in distances of the grid. */
const SLACK = 1e-4;

/**
 * Rounds random numbers in and beyond a grid, uint8 and int8.
 *
 * @throws Error when one is not the nearest of its grid
 */
export function checkRounding(backend: Backend): void {
  for (const signed of [true, false]) {
    const b = new GraphBuilder("rounding");
    const shape = [1, 4, 64, 64];
    const x = b.input("x", shape);
    const one = uniformWindow(2, 1, 1, 0);
    const graph = b.build(b.conv("layer", x, { channels: 4, ...one }));
    const grid = gridFor(2.3, signed);
    const rounded = quantised(graph, new Set(layersOf(graph)), new Map([[x, grid]]));
    const [read] = rounded.nodes[rounded.nodes.length - 1].inputs;
    using executable = compile(
      backend,
      { ...rounded, parameters: [], outputs: [read] },
      seededWeights(graph, 1),
    );
    const stream = random(1, "rounding");
    const given = Float32Array.from({ length: elements(shape) }, () => 8 * stream.uniform() - 4);
    const made = new Float32Array(given.length);
    executable.run({ x: given }, { [executable.outputs[0].name]: made });
    const wrong = given.findIndex((value, i) =>
      Math.abs(onGrid(value, grid) - made[i]) > SLACK * grid.scale
    );
    if (wrong >= 0) throw new Error(`${given[wrong]} was rounded to ${made[wrong]}`);
  }
}
