import assert from "node:assert/strict";
import { GraphBuilder } from "../src/graph/builder.ts";
import { graphCost } from "../src/graph/graph.ts";
import { uniformWindow } from "../src/graph/windowed.ts";
import { buildModel } from "../src/models/mod.ts";
import { stepCost } from "../src/plan/cost.ts";
import { LITERAL, makePlan, type Plan, type Planning } from "../src/plan/mod.ts";

const total = (plan: Plan, of: "flops" | "bytes", bytes = 4) =>
  plan.steps.reduce((sum, step) => sum + stepCost(plan, step, bytes)[of], 0);

/** Planning that fuses everything pointwise and folds nothing away. */
const FUSING: Planning = { ...LITERAL, fuses: () => true };

Deno.test("the operations of all steps are those of the graph, fused or not", () => {
  for (const [name, spatial] of [["vnet:small", [16, 32, 32]], ["unet:small", [64, 64]]] as const) {
    const { graph } = buildModel(name, { spatial });
    const literal = makePlan(graph, LITERAL);
    const fused = makePlan(graph, FUSING);
    assert.ok(fused.steps.length < literal.steps.length);
    for (const plan of [literal, fused]) {
      assert.equal(total(plan, "flops"), graphCost(graph).flops, `${name}`);
    }
    assert.ok(total(fused, "bytes") < total(literal, "bytes"));
    assert.equal(total(fused, "bytes", 2), total(fused, "bytes") / 2);
  }
});

Deno.test("a tensor counts once however often a step reads it, and only what it reads of it", () => {
  const b = new GraphBuilder("reads");
  const x = b.input("x", [1, 4, 8, 8]);
  const twice = b.apply("add", "twice", [x, x], {});
  const conv = b.conv("conv", twice, { channels: 2, bias: false, ...uniformWindow(2, 1, 2) });
  const crop = b.apply("crop", "crop", [conv], { before: [1, 1], after: [1, 1] });
  const plan = makePlan(b.build(crop), LITERAL);
  const bytes = plan.steps.map((step) => stepCost(plan, step, 1).bytes);
  assert.deepEqual(bytes, [
    256 + 256,
    // every other row and column, 2 x 4 weights, a quarter of the positions
    64 + 8 + 32,
    8 + 8,
  ]);
});
