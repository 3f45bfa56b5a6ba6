import assert from "node:assert/strict";
import { GraphBuilder } from "../../graph/builder.ts";
import type { Graph, ValueId } from "../../graph/graph.ts";
import { uniformWindow } from "../../graph/windowed.ts";
import { makePlan, type Step } from "../mod.ts";
import { printPlan } from "../plan.ts";

const joins = ({ op }: Step) => op === "conv";

/** A convolution of two inputs of 3 and 5 channels beside each other, and what is made of both. */
function graphOf(finish: (b: GraphBuilder, c: ValueId, whole: ValueId) => ValueId[]): Graph {
  const b = new GraphBuilder("two");
  const whole = b.apply(
    "concat",
    "j",
    [b.input("x", [1, 3, 8, 8]), b.input("z", [1, 5, 8, 8])],
    {},
  );
  const c = b.conv("c", whole, { channels: 8, ...uniformWindow(2, 3, 1, 1) });
  return b.build(...finish(b, c, whole));
}

const planOf = (graph: Graph, fuses = () => true) =>
  makePlan(graph, { folds: true, fuses, inPlace: new Set(), joins });

Deno.test("a convolution reads two tensors where they are, and so does what is fused to it", () => {
  const graph = graphOf((b, c, whole) => [b.apply("add", "a", [c, whole], {})]);
  const plan = planOf(graph);
  const [step, ...others] = plan.steps;
  assert.deepEqual(others, []);
  assert.deepEqual(step.joined, { whole: 2, parts: [0, 1] });
  // the whole has no place: two inputs and a result
  assert.equal(plan.arena!.offsets[2], null);
  assert.equal(plan.arena!.elements, 2 * 8 * 64);
  assert.match(printPlan(plan), /conv\(j, .* ; add\(j\) ; j = x beside z\n/);
});

Deno.test("what is read as a whole elsewhere, is a result or has three parts stays one tensor", () => {
  const wholes = [
    graphOf((b, c, whole) => [c, b.apply("relu", "r", [whole], {})]),
    graphOf((_, c, whole) => [c, whole]),
  ];
  for (const graph of wholes) {
    const { steps } = planOf(graph, () => false);
    assert.deepEqual(steps.map(({ op, joined }) => [op, joined]).slice(0, 2), [
      ["concat", undefined],
      ["conv", undefined],
    ]);
  }
  const b = new GraphBuilder("three");
  const parts = ["x", "y", "z"].map((name) => b.input(name, [1, 2, 8, 8]));
  const three = b.apply("concat", "j", parts, {});
  const graph = b.build(b.conv("c", three, { channels: 1, ...uniformWindow(2, 1) }));
  assert.equal(planOf(graph).steps.length, 2);
});

Deno.test("a concatenation that reads parts itself is not dropped, nor is any other step", () => {
  const b = new GraphBuilder("nested");
  const [x, y, z] = ["x", "y", "z"].map((name) => b.input(name, [1, 2, 8, 8]));
  const inner = b.apply("concat", "i", [x, y], {});
  const outer = b.apply("concat", "o", [inner, z], {});
  const graph = b.build(b.apply("relu", "s", [b.apply("relu", "r", [outer], {})], {}));
  const { steps } = makePlan(graph, {
    folds: true,
    fuses: () => false,
    inPlace: new Set(),
    joins: () => true,
  });
  assert.deepEqual(steps.map(({ op, joined }) => [op, joined?.parts]), [
    ["concat", [x, y]],
    ["relu", undefined],
    ["relu", undefined],
  ]);
});
