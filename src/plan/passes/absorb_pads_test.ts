import assert from "node:assert/strict";
import { GraphBuilder } from "../../graph/builder.ts";
import type { Graph, ValueId } from "../../graph/graph.ts";
import { makePlan } from "../mod.ts";
import { printPlan } from "../plan.ts";

/** Channels of x beside those of a smaller z with zeros around it, and what is made of them. */
function graphOf(finish: (b: GraphBuilder, whole: ValueId, padded: ValueId) => ValueId[]): Graph {
  const b = new GraphBuilder("skip");
  const x = b.input("x", [1, 3, 8, 8]);
  const around = { before: [1, 2], after: [0, 0] };
  const padded = b.apply("pad", "p", [b.input("z", [1, 5, 7, 6])], around);
  return b.build(...finish(b, b.apply("concat", "j", [x, padded], {}), padded));
}

const planOf = (graph: Graph) =>
  makePlan(graph, { folds: true, fuses: () => false, inPlace: new Set(), pads: true });

Deno.test("a concatenation puts zeros around what nothing else reads with them", () => {
  const plan = planOf(graphOf((_, whole) => [whole]));
  const [step, ...others] = plan.steps;
  assert.deepEqual(others, []);
  assert.deepEqual(step.padded, { whole: 2, part: 1, before: [1, 2] });
  assert.equal(plan.arena!.offsets[2], null);
  assert.match(printPlan(plan), /concat\(x, p\) ; p = z between zeros\n/);
});

Deno.test("what is read with its zeros elsewhere, or is a result, has a place of its own", () => {
  const read = graphOf((b, whole, padded) => [whole, b.apply("relu", "r", [padded], {})]);
  const result = graphOf((_, whole, padded) => [whole, padded]);
  const twice = graphOf((b, whole, padded) => [b.apply("concat", "k", [whole, padded], {})]);
  for (const graph of [read, result, twice]) {
    const { steps } = planOf(graph);
    assert.deepEqual(steps.map(({ op }) => op).slice(0, 2), ["pad", "concat"]);
    assert.ok(steps.every(({ padded }) => padded === undefined));
  }
});
