/**
 * For tests: do the numbers of a result follow from what it records of each scan? Computed here a
 * second time, by plain sums, and not by the code that wrote them.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { MeanRecord, PredictionRecord, RunResult } from "../results/mod.ts";
import { meanInterval } from "../statistics/mod.ts";

/** Means may differ in their last digit by the order of sums. */
const ROUNDING = 1e-12;

/** A finished experiment; undefined where it was refused or not asked for. */
function done<E extends { readonly status: string }>(
  experiment: E | undefined,
): Exclude<E, { readonly status: "refused" }> | undefined {
  if (experiment === undefined || experiment.status === "refused") return undefined;
  return experiment as Exclude<E, { readonly status: "refused" }>;
}

/** Asserts that means, intervals and pooled values of a complete result follow from its scans. */
export function assertRecomputes(result: RunResult): void {
  const { dice, area_plot, overlap, threshold_sweep } = result.experiments;
  const { cases } = result.dataset;
  const scoredOf = (model: string, splits: readonly string[]) =>
    result.predictions.filter((one) =>
      one.model === model && one.metrics !== null &&
      cases.some(({ index, split }) => index === one.case && splits.includes(split))
    ).sort((a, b) => a.case - b.case);
  const patientOf = (index: number) => cases.find((scan) => scan.index === index)!.patient;
  const assertMean = (mean: MeanRecord, scans: readonly PredictionRecord[], metric: string) => {
    const kept = scans.filter(({ metrics }) => metrics![metric].value !== null);
    const values = kept.map(({ metrics }) => metrics![metric].value!);
    if (values.length === 0) return assert.equal(mean.value, null, metric);
    assertClose(mean.value, values.reduce((sum, value) => sum + value, 0) / values.length, metric);
    const patients = kept.map((one) => patientOf(one.case));
    const { interval } = meanInterval(values, { seed: result.suite.seed, patients });
    assert.deepEqual(mean.interval, interval, metric);
  };
  const assertPooled = (value: number | null, scans: readonly PredictionRecord[]) => {
    const truth = scans.map((one) => cases.find(({ index }) => index === one.case)!.truth!.voxels);
    const both = scans.reduce((sum, one) => sum + one.truePositives!, 0);
    const all = scans.reduce((sum, { voxels }, i) => sum + voxels + truth[i], 0);
    assertClose(value, all === 0 ? null : 2 * both / all, "pooled Dice");
  };
  for (const { model, mean, pooled, scans } of done(dice)?.models ?? []) {
    const own = scoredOf(model, done(dice)!.splits);
    assert.deepEqual(
      scans.map((one) => [one.case, one.value]),
      own.map((one) => [one.case, one.metrics!.dice.value]),
    );
    assertMean(mean, own, "dice");
    assertPooled(pooled.value, own);
  }
  for (const { model, means } of done(area_plot)?.models ?? []) {
    const own = scoredOf(model, done(area_plot)!.splits);
    for (const [metric, mean] of Object.entries(means)) assertMean(mean, own, metric);
  }
  for (const { model, means, pooled } of done(overlap)?.combinations ?? []) {
    const own = scoredOf(model, done(overlap)!.splits);
    for (const [metric, mean] of Object.entries(means)) assertMean(mean, own, metric);
    assertPooled(pooled.value, own);
  }
  const sweep = done(threshold_sweep);
  for (const { model, case: index, predicted, truePositives } of sweep?.scans ?? []) {
    const at = sweep!.thresholds.indexOf(sweep!.used);
    const [own] = scoredOf(model, sweep!.splits).filter((one) => one.case === index);
    assert.deepEqual([predicted[at], truePositives[at]], [own.voxels, own.truePositives]);
  }
  for (const { solid, flat, comparisons } of done(result.statistics)?.pairs ?? []) {
    const splits = done(result.statistics)!.splits;
    const sides = [solid, flat].map((runs) => runs.map((run) => scoredOf(run, splits)));
    const differences = cases.flatMap(({ index }) => {
      const [a, b] = sides.map((runs) => {
        const values = runs.map((scans) =>
          scans.find((one) => one.case === index)?.metrics?.dice.value ?? NaN
        );
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      });
      return Number.isNaN(a - b) ? [] : [a - b];
    });
    const dice = comparisons.find(({ measure }) => measure === "dice");
    assert.equal(dice?.n ?? 0, differences.length);
    if (!dice) continue;
    const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
    assertClose(dice.difference, mean, "difference of Dice");
  }
}

function assertClose(value: number | null, expected: number | null, what: string): void {
  if (value === null || expected === null) return assert.equal(value, expected, what);
  assert.ok(Math.abs(value - expected) <= ROUNDING, `${what}: ${value} is not ${expected}`);
}
