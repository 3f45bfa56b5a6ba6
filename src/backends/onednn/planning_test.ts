import assert from "node:assert/strict";
import { GraphBuilder } from "../../graph/builder.ts";
import { uniformWindow } from "../../graph/windowed.ts";
import { makePlan } from "../../plan/mod.ts";
import { printPlan } from "../../plan/plan.ts";
import { PLANNING } from "./planning.ts";

Deno.test("a small residual net is planned as few passes over memory", () => {
  const b = new GraphBuilder("small");
  const x = b.input("x", [1, 1, 8, 8]);
  const tiled = b.apply("tile", "tile", [x], { channels: 4 });
  const h = b.batchNorm("bn", b.conv("conv", x, { channels: 4, ...uniformWindow(2, 3, 1, 1) }), 1);
  const sum = b.apply("add", "sum", [b.preluChannel("act", h), tiled], {});
  const slopes = b.preluElement("slopes", sum);
  const down = b.conv("down", slopes, { channels: 8, ...uniformWindow(2, 2, 2) });
  const mixed = b.batchNorm("mix", b.apply("leaky_relu", "leaky", [down], { slope: 0.1 }), 1);
  const up = b.deconv("up", mixed, { channels: 4, ...uniformWindow(2, 2, 2) });
  const joined = b.apply("add", "joined", [slopes, up], {});
  const plan = makePlan(b.build(b.apply("sigmoid", "out", [joined], {})), PLANNING);
  assert.equal(
    printPlan(plan),
    `plan small: 5 steps, arena of 640 elements
  act@0: 1x4x8x8 = conv(x, conv.weight.scaled, bn.shift) ; prelu(act.alpha)
  sum@0: 1x4x8x8 = add(act, x)
  slopes@0: 1x4x8x8 = prelu(sum, slopes.alpha)
  mix@512: 1x8x4x4 = conv(slopes, down.weight, down.bias) ; leaky_relu ; scale_shift(mix.scale, mix.shift)
  out@256: 1x4x8x8 = deconv(mix, up.weight, up.bias) ; add(slopes) ; sigmoid
  -> out
`,
  );
});

Deno.test("slopes an element and broadcasts over channels are not fused", () => {
  const b = new GraphBuilder("apart");
  const x = b.input("x", [2, 4, 8, 8]);
  const h = b.preluElement("slopes", b.conv("c", x, { channels: 4, ...uniformWindow(2, 3, 1, 1) }));
  const gate = b.apply("channel_mean", "mean", [x], {});
  const d = b.conv("d", h, { channels: 4, ...uniformWindow(2, 1) });
  const plan = makePlan(b.build(b.apply("mul", "gated", [d, gate], {})), PLANNING);
  assert.deepEqual(plan.steps.map(({ epilogue }) => epilogue.length), [0, 0, 0, 0, 0]);
});

Deno.test("a sum with what is convolved is fused, broadcast or not", () => {
  const b = new GraphBuilder("own");
  const x = b.input("x", [1, 1, 8, 8]);
  const same = uniformWindow(2, 3, 1, 1);
  const tiled = b.apply("tile", "tile", [x], { channels: 4 });
  const first = b.apply("add", "first", [b.conv("c", x, { channels: 4, ...same }), tiled], {});
  const second = b.apply(
    "add",
    "second",
    [b.conv("d", first, { channels: 4, ...same }), first],
    {},
  );
  const plan = makePlan(b.build(second), PLANNING);
  assert.deepEqual(plan.steps.map(({ op, epilogue }) => [op, epilogue.length]), [
    ["conv", 1],
    ["conv", 1],
  ]);
});
