import assert from "node:assert/strict";
import type { ProfileRecord, StepRecord } from "../../results/mod.ts";
import { roofline } from "./roofline.ts";
import { svg } from "./svg.ts";

const rates = { gflopPerSecond: null, gbPerSecond: null, share: null };

function step(name: string, op: string, seconds: number, flops: number, bytes: number): StepRecord {
  return {
    name,
    op,
    seconds,
    flops,
    bytes,
    fused: [],
    implementation: "brgconv",
    bound: "memory",
    ...rates,
  };
}

const STEPS = [
  step("a", "conv", 0.1, 5e9, 1e8),
  step("b", "add", 0.01, 1e6, 1e8),
  step("c", "concat", 0.02, 0, 1e8),
  step("d", "relu", 0, 1e3, 1e3),
];

const PROFILE: ProfileRecord = {
  calls: 1,
  peaks: { gflopPerSecond: 200, gbPerSecond: 20, tensorBytes: 1 },
  steps: STEPS,
  groups: STEPS.map(({ op, ...step }) => ({ ...step, op, steps: 1 })),
  total: { seconds: 0.13, flops: 5e9, bytes: 3e8, ...rates },
  runSeconds: 0.14,
  overheadSeconds: 0.01,
};

Deno.test("a roofline has a point for every step that took time, and both roofs", async () => {
  const drawing = await svg(roofline(PROFILE));
  const points = drawing.match(/aria-roledescription="point"/g) ?? [];
  assert.equal(points.length, 3, drawing);
  assert.match(drawing, /200 GFLOP\/s/);
  assert.match(drawing, /20\.0 GB\/s/);
  assert.doesNotMatch(drawing, /NaN|Infinity/);
});

Deno.test("what computes nothing stands as far below the roof as its bandwidth", () => {
  const { data } = roofline(PROFILE) as unknown as {
    data: { values: { name: string; intensity: number; rate: number }[] };
  };
  const points = data.values;
  const moved = points.find(({ name }) => name === "c")!;
  // 5 of 20 GB/s
  assert.ok(Math.abs(moved.rate / moved.intensity - 5) < 1e-12);
  assert.ok(points.every(({ intensity }) => intensity >= moved.intensity));
});
