/**
 * Pairs of ops that the cuDNN backend does in one pass over the tensor that both read, on the double:
 * the same numbers, to the bit, as in two passes, and those of the reference.
 */

import assert from "node:assert/strict";
import type { Backend, Bindings, Precision } from "../src/backends/backend.ts";
import { reference } from "../src/backends/reference/mod.ts";
import { random } from "../src/base/random.ts";
import { elements, formatShape, type Shape } from "../src/base/shapes.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/graph.ts";
import { seededWeights } from "../src/graph/weights.ts";
import { makePlan, type Planning } from "../src/plan/mod.ts";
import { buildDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();

/** Channels that are whole packs of 8, of 4 and of none, and more rows than a block has. */
const SHAPES: readonly Shape[] = [[2, 16, 9, 7], [1, 12, 3, 5, 4], [2, 3, 31, 45], [1, 40, 1, 1]];

/** Relative errors that are accepted against double precision. */
const TOLERANCES: Readonly<Partial<Record<Precision, number>>> = {
  fp32: 1e-6,
  fp16: 2e-3,
  bf16: 1e-2,
};

/** Ops of a pair. */
const PAIRS = [["global_avg_pool", "global_max_pool"], ["channel_mean", "channel_max"]] as const;

type Paired = typeof PAIRS[number][number];

/** Some ops of one input, each of which is an output, with work for its result between them. */
function graphOf(shape: Shape, ops: readonly Paired[]): Graph {
  const b = new GraphBuilder(`${ops.join(" and ")} of ${formatShape(shape)}`);
  const x = b.input("x", shape);
  return b.build(
    ...ops.map((op) => b.apply("softplus", `after ${op}`, [b.apply(op, op, [x], {})], {})),
  );
}

function run(backend: Backend, planning: Planning, graph: Graph, precision: Precision) {
  const plan = makePlan(graph, planning);
  using executable = backend.lower(plan, seededWeights(graph, 3), precision);
  const inputs: Bindings = Object.fromEntries(executable.inputs.map(({ name, shape }) => {
    const stream = random(5, name);
    return [name, Float32Array.from({ length: elements(shape) }, () => stream.normal())];
  }));
  const outputs = executable.outputs.map(({ name, shape }) =>
    [name, new Float64Array(elements(shape))] as const
  );
  executable.run(inputs, Object.fromEntries(outputs));
  return {
    numbers: outputs.flatMap(([, all]) => [...all]),
    by: executable.steps.map(({ op, implementation }) => `${op}: ${implementation}`),
  };
}

for (const shape of SHAPES) {
  Deno.test({
    name: `means and maxima of ${formatShape(shape)} in one pass are those of two` +
      (path ? "" : ` (skipped: ${problem})`),
    ignore: !path,
    fn() {
      using truth = reference.open();
      using backend = cudnnOnDouble().open();
      const { planning } = backend;
      for (const [mean, max] of PAIRS) {
        const graph = graphOf(shape, [mean, max]);
        const wanted = run(truth, truth.planning, graph, "fp64").numbers;
        // wherever the planner puts them, numbers stay
        assert.deepEqual(
          run(truth, { ...truth.planning, pairs: planning.pairs }, graph, "fp64").numbers,
          wanted,
        );
        for (const [name, tolerance] of Object.entries(TOLERANCES)) {
          const precision = name as Precision;
          const both = run(backend, planning, graph, precision);
          assert.equal(both.by[1], `${max}: with the step before`);
          const alone = [mean, max].map((op) =>
            run(backend, planning, graphOf(shape, [op]), precision)
          );
          assert.deepEqual(both.numbers, alone.flatMap(({ numbers }) => numbers));
          const error = Math.hypot(...wanted.map((one, i) => one - both.numbers[i]));
          assert.ok(error <= tolerance * Math.hypot(...wanted), `${graph.name}, ${name}: ${error}`);
        }
      }
    },
  });
}
