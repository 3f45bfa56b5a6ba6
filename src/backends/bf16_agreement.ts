/**
 * Whether a backend computes in bf16 what it computes in single precision.
 *
 * @module
 */

import { random } from "../base/random.ts";
import { elements } from "../base/shapes.ts";
import type { Graph } from "../graph/graph.ts";
import type { Executable } from "./backend.ts";

/** Rounding to 8 bits leaves about 0.3 %; a wrong kernel is off by tens of percent. */
const TOLERANCE = 0.02;

/**
 * Whether both precisions give about the same of a net of one input and one output.
 *
 * @param compile makes the net executable
 */
export function bf16Agrees(
  graph: Graph,
  compile: (graph: Graph, precision: "fp32" | "bf16") => Executable,
): boolean {
  const [exact, rounded] = (["fp32", "bf16"] as const).map((precision) => {
    using executable = compile(graph, precision);
    const [[x], [y]] = [executable.inputs, executable.outputs];
    const stream = random(1, "bf16 self-test");
    const input = Float32Array.from({ length: elements(x.shape) }, () => stream.normal());
    const output = new Float32Array(elements(y.shape));
    executable.run({ [x.name]: input }, { [y.name]: output });
    return output;
  });
  let [error, size] = [0, 0];
  exact.forEach((value, i) => {
    error += (rounded[i] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(error / size) < TOLERANCE;
}
