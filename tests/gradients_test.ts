/**
 * Every gradient against central differences, in double precision on the reference backend: along
 * random directions, over the shapes of the backend suite.
 */

import assert from "node:assert/strict";
import { random } from "../src/base/random.ts";
import { elements, type Shape } from "../src/base/shapes.ts";
import { compile } from "../src/backends/mod.ts";
import { reference } from "../src/backends/reference/mod.ts";
import { differentiate } from "../src/graph/autodiff.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import { GRADIENTS } from "../src/graph/gradients/mod.ts";
import type { Graph, ValueId } from "../src/graph/graph.ts";
import type { OpName } from "../src/graph/ops/mod.ts";
import { forTraining } from "../src/graph/training.ts";
import { tensor } from "../src/tensor/tensor.ts";
import { CHAINS, OP_CASES } from "./backend_cases.ts";
import type { Case } from "./case.ts";

/** Step of the differences: rounding costs 1e-16 / STEP, curvature STEP^2. */
const STEP = 1e-5;

/** Relative to the size of what is summed: kinks are further away than a step, or seeds are bad. */
const TOLERANCE = 1e-7;

/** Cases beyond this many elements cost seconds and show nothing new. */
const MOST = 20_000;

/** Numbers of every input and parameter, by name. */
type Point = ReadonlyMap<string, Float64Array>;

function normal(shape: Shape, ...labels: readonly string[]): Float64Array {
  const stream = random(3, "gradients", ...labels);
  return Float64Array.from({ length: elements(shape) }, () => stream.normal());
}

/** Inputs and parameters. */
function variables(graph: Graph): ValueId[] {
  return [...graph.inputs, ...graph.parameters.map(({ value }) => value)];
}

function pointOf(graph: Graph): Point {
  const named = variables(graph).map((id) => graph.values[id]);
  return new Map(named.map(({ name, shape }) => [name, normal(shape, name)]));
}

/** Outputs of a graph at a point. */
function evaluate(graph: Graph, point: Point): Float64Array[] {
  using backend = reference.open();
  const shapes = new Map(graph.values.map(({ name, shape }) => [name, shape]));
  const weights = (name: string) =>
    tensor("f64", shapes.get(name)!, point.get(name)! as Float64Array<ArrayBuffer>);
  using executable = compile(backend, graph, weights, "fp64");
  const outputs = executable.outputs.map(({ name, shape }) =>
    [name, new Float64Array(elements(shape))] as const
  );
  executable.run(Object.fromEntries(point), Object.fromEntries(outputs));
  return outputs.map(([, data]) => data);
}

/** The sum of the output times fixed random numbers, as a graph of one output. */
function withLoss(graph: Graph): Graph {
  const b = GraphBuilder.from(graph);
  const [output] = graph.outputs;
  const shape = graph.values[output].shape;
  const weighted = b.apply("mul", "weighted", [output, b.input("loss.weights", shape)], {});
  return b.build(b.apply("sum", "loss", [weighted], { axes: shape.map((_, axis) => axis) }));
}

/** Asserts that every gradient of a graph is that of its output. */
function verify(graph: Graph): void {
  const whole = withLoss(graph);
  // in training, nothing depends on running statistics
  const wanted = variables(graph).filter((id) => !/running_/.test(graph.values[id].name));
  const point = pointOf(whole);
  const [, ...gradients] = evaluate(differentiate(whole, whole.outputs[0], wanted), point);
  wanted.forEach((id, i) => {
    const { name, shape } = graph.values[id];
    const gradient = gradients[i];
    assert.equal(gradient.length, elements(shape), `${graph.name}: size of ${name}.grad`);
    const direction = normal(shape, name, "direction");
    const moved = (step: number) => {
      const value = point.get(name)!.map((v, k) => v + step * direction[k]);
      return evaluate(whole, new Map([...point, [name, value]]))[0][0];
    };
    const difference = (moved(STEP) - moved(-STEP)) / (2 * STEP);
    let [slope, size] = [0, 1];
    gradient.forEach((value, k) => {
      slope += value * direction[k];
      size += (value * direction[k]) ** 2;
    });
    const error = Math.abs(slope - difference) / Math.sqrt(size);
    assert.ok(error <= TOLERANCE, `${graph.name}: ${name}.grad is ${slope}, not ${difference}`);
  });
}

function graphOf({ name, build }: Case): Graph {
  const b = new GraphBuilder(name);
  return b.build(build(b));
}

const small = (graph: Graph) => graph.values.every(({ shape }) => elements(shape) <= MOST);

for (const [op, cases] of Object.entries(OP_CASES) as [OpName, readonly Case[]][]) {
  if (typeof GRADIENTS[op] !== "function") continue;
  Deno.test(`gradient of ${op}`, () => cases.map(graphOf).filter(small).forEach(verify));
}

Deno.test("gradients of chains, with batch norms in training mode", () => {
  for (const graph of CHAINS.map(graphOf).filter(small)) {
    verify(forTraining(graph, { momentum: 0.9 }));
  }
});

Deno.test("an op without a gradient says why", () => {
  const b = new GraphBuilder("frozen");
  const y = b.batchNorm("norm", b.input("x", [1, 2, 3, 3]), 1e-3);
  const loss = b.apply("sum", "loss", [y], { axes: [0, 1, 2, 3] });
  const graph = b.build(loss);
  assert.throws(() => differentiate(graph, loss), /norm has no gradient.*for training/);
  assert.throws(() => differentiate(graph, y), /the loss norm must be one number/);
});

Deno.test("a loss that does not depend on a value says so", () => {
  const b = new GraphBuilder("apart");
  const [x, z] = ["x", "z"].map((name) => b.input(name, [1, 1, 1]));
  const loss = b.apply("mul", "loss", [x, x], {});
  assert.throws(() => differentiate(b.build(loss), loss, [x, z]), /loss does not depend on z/);
});

Deno.test("values that share a gradient get one of their own name each", () => {
  const b = new GraphBuilder("sum");
  const [x, z] = ["x", "z"].map((name) => b.input(name, [1, 1, 1]));
  const loss = b.apply("add", "loss", [x, z], {});
  const { outputs, values } = differentiate(b.build(loss), loss, [x, z]);
  assert.deepEqual(outputs.map((id) => values[id].name), ["loss", "x.grad", "z.grad"]);
});
