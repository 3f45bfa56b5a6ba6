import assert from "node:assert/strict";
import type { Executable } from "../backends/backend.ts";
import { reference } from "../backends/reference/mod.ts";
import { GraphBuilder } from "../graph/builder.ts";
import { graphCost } from "../graph/graph.ts";
import { seededWeights } from "../graph/weights.ts";
import { uniformWindow } from "../graph/windowed.ts";
import { LITERAL, makePlan, type Plan } from "../plan/mod.ts";
import { profile as profileSchema } from "../results/schema/profile.ts";
import { higherPeaks, measurePeaks } from "./peaks.ts";
import { profileNetwork, profileRecord } from "./profile.ts";

/** A convolution of 2 to 2 channels on 4 x 4 pixels by one tap, its rectifier, and two of it. */
function tiny(fuses: boolean): Plan {
  const b = new GraphBuilder("tiny");
  const x = b.input("x", [1, 2, 4, 4]);
  const conv = b.conv("conv", x, { channels: 2, bias: false, ...uniformWindow(2, 1) });
  const relu = b.apply("relu", "relu", [conv], {});
  return makePlan(b.build(b.apply("concat", "both", [relu, relu], {})), {
    ...LITERAL,
    fuses: () => fuses,
  });
}

/** Takes times from a script: whole runs move the clock, calls tell the times of their steps. */
function scripted(plan: Plan, runs: readonly number[], calls: readonly (readonly number[])[]) {
  let [now, ran, called] = [0, 0, 0];
  const steps = plan.steps.map(({ name, op }) => ({ name, op, implementation: `${op} kernel` }));
  const executable: Executable = {
    inputs: [{ name: "x", shape: [1, 2, 4, 4] }],
    outputs: [{ name: "both", shape: [1, 4, 4, 4] }],
    steps,
    memory: { arena: 0, weights: 0, scratch: 0 },
    load() {},
    run: () => void (now += runs[ran++]),
    profile() {
      const seconds = calls[called++];
      return steps.map((step, i) => ({ ...step, seconds: seconds[i] }));
    },
    [Symbol.dispose]() {},
  };
  return { executable, clock: () => now };
}

/** Roofs of 1 GFLOP/s and 1 GB/s meet at one operation a byte. */
const PEAKS = { gflopPerSecond: 1, gbPerSecond: 1, tensorBytes: 1 };

Deno.test("steps are told by their medians, warm-up aside, and grouped by op", async () => {
  const plan = tiny(false);
  const { executable, clock } = scripted(
    plan,
    [99, 10, 11, 30],
    [[9, 9, 9], [4, 1, 2], [5, 1, 8], [6, 7, 2]],
  );
  const seen: number[] = [];
  const counts = { warmup: 1, repeats: 3 };
  const runs = await profileNetwork(executable, 1, counts, (i) => void seen.push(i), clock);
  assert.deepEqual(seen, [-1, 0, 1, 2]);
  const profile = profileRecord(plan, runs, PEAKS, 4);
  const times = profile.steps.map(({ name, seconds }) => [name, seconds]);
  assert.deepEqual(times, [["conv", 5], ["relu", 1], ["both", 2]]);
  assert.deepEqual(profile.groups.map(({ op }) => op), ["conv", "concat", "relu"]);
  assert.equal(profile.calls, 3);
  assert.equal(profile.total.seconds, 8);
  assert.equal(profile.runSeconds, 11);
  assert.equal(profile.overheadSeconds, 3);
  assert.deepEqual(profileSchema.parse(JSON.parse(JSON.stringify(profile))), profile);
});

Deno.test("a share is the time at the lower roof over the time taken", () => {
  const plan = tiny(true);
  const names = plan.steps.map(({ name }) => name);
  assert.deepEqual(names, ["conv", "both"]);
  const calls = [plan.steps.map(({ name, op }, i) => ({
    name,
    op,
    implementation: "",
    seconds: [2e-6, 0][i],
  }))];
  // 128 operations and 32 of the rectifier; 64 elements of x and y, 4 weights; 2 bytes each
  const memory = profileRecord(plan, { runs: [3e-6], calls }, PEAKS, 2).steps[0];
  assert.deepEqual(memory.fused, ["relu"]);
  assert.deepEqual([memory.flops, memory.bytes, memory.bound], [160, 136, "compute"]);
  assert.ok(Math.abs(memory.share! - 160e-9 / 2e-6) < 1e-12);
  const slow = { ...PEAKS, gbPerSecond: 0.1 };
  const { steps: [conv, both], total } = profileRecord(plan, { runs: [3e-6], calls }, slow, 2);
  assert.equal(conv.bound, "memory");
  assert.ok(Math.abs(conv.share! - 1360e-9 / 2e-6) < 1e-12);
  // the clock saw nothing
  assert.deepEqual([both.gflopPerSecond, both.gbPerSecond, both.share], [null, null, null]);
  assert.ok(total.share! > conv.share!);
});

Deno.test("the profile of the reference backend lists every node once", async () => {
  const b = new GraphBuilder("net");
  const x = b.input("x", [1, 3, 6, 6]);
  const conv = b.conv("conv", x, { channels: 4, ...uniformWindow(2, 3, 1, 1) });
  const graph = b.build(b.apply("sigmoid", "out", [b.preluChannel("act", conv)], {}));
  using backend = reference.open();
  const plan = makePlan(graph, backend.planning);
  using executable = backend.lower(plan, seededWeights(graph, 1), "fp32");
  const runs = await profileNetwork(executable, 1, { warmup: 0, repeats: 2 });
  const { steps, total } = profileRecord(plan, runs, PEAKS, 4);
  assert.deepEqual(steps.map(({ name }) => name), graph.nodes.map(({ name }) => name));
  assert.equal(total.flops, graphCost(graph).flops);
  assert.equal(total.bytes, graphCost(graph).bytes);
});

Deno.test("peaks are the best of all runs", () => {
  let call = 0;
  using real = reference.open();
  const taps: number[] = [];
  // every third call takes half as long
  const backend: typeof real = {
    ...real,
    lower: (plan) => ({
      inputs: [{ name: "x", shape: [1] }],
      outputs: [],
      steps: [],
      memory: { arena: 0, weights: 0, scratch: 0 },
      load() {},
      run() {},
      profile: () => {
        const seconds = ++call % 3 === 0 ? 1e-4 : 2e-4;
        plan.steps.forEach((step) => step.op === "conv" && taps.push(...step.attributes.kernel));
        return plan.steps.map(({ name, op }) => ({ name, op, implementation: "", seconds }));
      },
      [Symbol.dispose]() {},
    }),
  };
  const peaks = measurePeaks(backend, "fp32", 1);
  // 2 x 1024 x 1024 operations for each of 32 x 32 pixels
  assert.equal(peaks.gflopPerSecond, 2 * 1024 ** 3 / 1e-4 / 1e9);
  // whose taps no backend can save multiplications at
  assert.deepEqual(new Set(taps), new Set([1]));
  // a tensor read and written
  assert.equal(peaks.gbPerSecond, 2 * peaks.tensorBytes / 1e-4 / 1e9);
  const other = { gflopPerSecond: 1, gbPerSecond: 1e6, tensorBytes: 1 };
  assert.deepEqual(higherPeaks(peaks, other), { ...peaks, gbPerSecond: 1e6 });
});
