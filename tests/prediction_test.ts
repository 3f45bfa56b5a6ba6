import assert from "node:assert/strict";
import fc from "fast-check";
import { type GroupParts, overlapped } from "../src/backends/cudnn/scan_prediction.ts";
import { InputError } from "../src/base/errors.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import { opCost } from "../src/graph/graph.ts";
import { uniformWindow } from "../src/graph/windowed.ts";
import { buildModel } from "../src/models/mod.ts";
import { makePlan } from "../src/plan/mod.ts";
import { predict } from "../src/backends/cudnn/predict.ts";
import { PLANNING } from "../src/backends/cudnn/planning.ts";

const planOf = (model: string, spatial: readonly number[]) =>
  makePlan(buildModel(model, { spatial }).graph, PLANNING);

Deno.test("a prediction counts every byte and operation of a pass, and says that it is one", () => {
  const b = new GraphBuilder("two steps");
  const x = b.input("x", [1, 8, 4, 16, 32]);
  const c = b.conv("c", x, { channels: 8, ...uniformWindow(3, 3, 1, 1) });
  const graph = b.build(b.apply("global_avg_pool", "m", [b.preluElement("p", c)], {}));
  const { prediction, kernels, seconds, assumptions } = predict(
    makePlan(graph, PLANNING),
    "fp32",
    "h200",
  );
  assert.ok(prediction && assumptions.length > 3);
  const voxels = 4 * 16 * 32, tensor = 4 * 8 * voxels;
  const [load, conv, reduce, join, store, ...rest] = kernels;
  assert.deepEqual(rest, []);
  // from the caller's order; the input, weights, slopes and the result; the result; sums; ten numbers
  assert.equal(load.bytes, 2 * tensor);
  assert.equal(conv.kernel, "thin_convolution");
  assert.equal(conv.bytes, 3 * tensor + 4 * 8 * 8 * 27 + 4 * 8);
  assert.equal(reduce.bytes, tensor);
  assert.ok(join.bytes < tensor && store.bytes === 2 * 4 * 8);
  const shapes = [[1, 8, 4, 16, 32], [8, 8, 3, 3, 3], [8]];
  const { flops } = opCost(graph.nodes[0], shapes, shapes[0]);
  assert.equal(conv.flops, flops);
  const sum = kernels.reduce((all, one) => all + one.seconds, 0);
  assert.ok(Math.abs(seconds - sum) < 1e-12);
});

Deno.test("two tensors that are read in place count once, and copies where they are not", () => {
  const b = new GraphBuilder("beside");
  const inputs = ["x", "z"].map((name) => b.input(name, [1, 4, 4, 16, 32]));
  const whole = b.apply("concat", "j", inputs, {});
  const graph = b.build(b.conv("c", whole, { channels: 8, ...uniformWindow(3, 3, 1, 1) }));
  const kernelsIn = (precision: "fp32" | "tf32") =>
    predict(makePlan(graph, PLANNING), precision, "h200").kernels
      .filter(({ step }) => step === "c");
  const half = 4 * 4 * 4 * 16 * 32;
  const [conv, ...rest] = kernelsIn("fp32");
  assert.deepEqual([conv.kernel, rest], ["thin_convolution", []]);
  assert.equal(conv.bytes, 4 * half + 4 * 8 * 8 * 27 + 4 * 8);
  // an engine wants one tensor: both halves are read and written
  const wide = new GraphBuilder("wide");
  const both = wide.apply("concat", "j", [
    wide.input("x", [1, 512, 32, 32]),
    wide.input("z", [1, 512, 32, 32]),
  ], {});
  const many = wide.build(wide.conv("c", both, { channels: 512, ...uniformWindow(2, 3, 1, 1) }));
  const { kernels } = predict(makePlan(many, PLANNING), "bf16", "h200");
  const copies = kernels.filter(({ kernel }) => kernel === "copy_channels");
  assert.deepEqual(copies.map(({ bytes }) => bytes), Array(2).fill(2 * 2 * 512 * 32 * 32));
});

Deno.test("a pass is predicted to be faster on faster GPUs and in halves, and needs no library", () => {
  for (const plan of [planOf("vnet:paper206", [32, 512, 512]), planOf("unet:full", [512, 512])]) {
    const seconds = (device: string, precision: "fp32" | "fp16") =>
      predict(plan, precision, device).seconds;
    const devices = ["t4", "a100", "h100", "h200"].map((device) => seconds(device, "fp32"));
    assert.deepEqual(devices, devices.toSorted((a, b) => b - a));
    assert.ok(seconds("h200", "fp16") < seconds("h200", "fp32"));
    // no share of a peak is above the whole
    const flops = predict(plan, "fp32", "h200").kernels.reduce((all, one) => all + one.flops, 0);
    assert.ok(flops / seconds("h200", "fp32") < 66.9e12);
  }
});

Deno.test("copies of a scan overlap: no longer than in turn, no shorter than any one has to work", () => {
  const part = fc.integer({ min: 0, max: 9 });
  const parts = fc.record({
    ...{ fill: part, up: part, read: part, compute: part, down: part, empty: part },
  });
  fc.assert(fc.property(fc.array(parts, { minLength: 1, maxLength: 9 }), (groups) => {
    const sum = (of: (one: GroupParts) => number) => groups.reduce((all, one) => all + of(one), 0);
    const seconds = overlapped(groups);
    const host = sum(({ fill, empty }) => fill + empty);
    const network = sum(({ read, compute }) => read + compute);
    const least = Math.max(host, network, sum(({ up }) => up), sum(({ down }) => down));
    assert.ok(least <= seconds, `${seconds}, but one alone takes ${least}`);
    assert.ok(seconds <= host + network + sum(({ up, down }) => up + down), "longer than in turn");
  }));
});

Deno.test("a scan is predicted with the network that it passes through, and for no other", () => {
  for (
    const [model, spatial] of [["vnet:small", [32, 64, 64]], ["unet:small", [64, 64]]] as const
  ) {
    const { scan, seconds, assumptions } = predict(planOf(model, spatial), "fp32", "h200");
    const { slices, executions, inTurn, seconds: whole } = scan!;
    assert.deepEqual([slices, executions], [
      709,
      Math.ceil(709 / (model === "vnet:small" ? 32 : 1)),
    ]);
    assert.ok(executions * seconds < whole && whole < inTurn, `${whole} of ${inTurn}`);
    assert.match(assumptions.join(), /copies of pinned memory/);
  }
  const b = new GraphBuilder("two inputs");
  const [x, z] = ["x", "z"].map((name) => b.input(name, [1, 1, 8, 8]));
  const two = makePlan(b.build(b.apply("add", "y", [x, z], {})), PLANNING);
  assert.equal(predict(two, "fp32", "h200").scan, null);
});

Deno.test("what a GPU does not have is not predicted, and what it has is named", () => {
  const plan = planOf("vnet:small", [16, 16, 16]);
  assert.throws(() => predict(plan, "bf16", "t4"), /Tesla T4 does not compute in bf16/);
  assert.throws(() => predict(plan, "fp64", "h200"), InputError);
  assert.throws(
    () => predict(plan, "fp32", "abacus"),
    (error: InputError) => /one of t4, a100, h100, h200/.test(error.advice ?? ""),
  );
});
