import assert from "node:assert/strict";
import fc from "fast-check";
import { shardsOf } from "../datasets/mod.ts";
import { sampleRunResult } from "../results/sample.ts";
import { type Archive, planArchive, throughputsOf } from "./archive_plan.ts";

const SAMPLE = sampleRunResult();

Deno.test("what a run needed a slice is told by model, and what is not known is not made up", () => {
  const unknown = throughputsOf(SAMPLE, () => null);
  const timed = new Set(SAMPLE.timing.cases.map(({ model }) => model));
  assert.deepEqual(
    unknown.map(({ model }) => model),
    SAMPLE.models.filter(({ id, experiment }) => timed.has(id) && !experiment).map(({ id }) => id),
  );
  assert.ok(unknown.length > 0);
  const slicesOf = (index: number) =>
    SAMPLE.dataset.cases.find((one) => one.index === index)!.shape[0];
  for (const { model, secondsPerSlice, slices, maskBytesPerSlice } of unknown) {
    const passes = SAMPLE.timing.cases.filter((pass) => pass.model === model);
    const seconds = passes.reduce((sum, { endToEndSeconds }) => sum + endToEndSeconds, 0);
    assert.equal(slices, passes.reduce((sum, pass) => sum + slicesOf(pass.case), 0));
    assert.ok(Math.abs(secondsPerSlice * slices - seconds) < 1e-9 * seconds);
    assert.equal(maskBytesPerSlice, null);
  }
  const [{ maskBytesPerSlice }] = throughputsOf(SAMPLE, (_, index) => 7 * slicesOf(index));
  assert.ok(Math.abs(maskBytesPerSlice! - 7) < 1e-9);
});

Deno.test("no shard ends later than the plan says", () => {
  const needs = {
    model: "m",
    secondsPerSlice: 3600,
    scans: 1,
    slices: 1,
    peakBytes: null,
    maskBytesPerSlice: null,
  };
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 60 }),
    fc.integer({ min: 1, max: 60 }),
    (slices, wanted) => {
      const machines = Math.min(wanted, slices.length);
      const parts = shardsOf(slices, machines, "manifest");
      const hours = Array.from(
        { length: machines },
        (_, i) => slices.reduce((sum, n, scan) => sum + (parts[scan] === i + 1 ? n : 0), 0),
      );
      const archive: Archive = {
        scans: slices.length,
        slices: slices.reduce((sum, n) => sum + n, 0),
        longest: Math.max(...slices),
        bytes: 0,
      };
      const plan = planArchive(archive, needs, machines);
      assert.ok(Math.max(...hours) <= plan.hours + 1e-9);
      assert.ok(Math.max(...hours) >= plan.machineHours / machines - 1e-9);
    },
  ));
});
