/**
 * For tests: do the numbers of a result follow from what it records of each scan? Computed here a
 * second time, by plain sums, and not by the code that wrote them.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { MeanRecord, PairRecord, PredictionRecord, RunResult } from "../results/mod.ts";
import { meanInterval } from "../statistics/mod.ts";

/** Sums may differ in their last digit by their order. */
const ROUNDING = 1e-12;

/** Asserts that means, intervals and pooled values of a complete result follow from its scans. */
export function assertRecomputes(result: RunResult): void {
  const { experiments: { dice, area_plot, overlap, threshold_sweep }, statistics } = result;
  if (dice?.status === "done") {
    for (const { model, mean, pooled, scans } of dice.models) {
      const own = scoredOf(result, model, dice.splits);
      assert.deepEqual(
        scans.map((one) => [one.case, one.value]),
        own.map((one) => [one.case, one.metrics!.dice.value]),
      );
      assertMean(result, mean, own, "dice");
      assertPooled(result, pooled.value, own);
    }
  }
  if (area_plot?.status === "done") {
    for (const { model, means } of area_plot.models) {
      assertMeans(result, means, scoredOf(result, model, area_plot.splits));
    }
  }
  if (overlap?.status === "done") {
    for (const { model, means, pooled } of overlap.combinations) {
      const own = scoredOf(result, model, overlap.splits);
      assertMeans(result, means, own);
      assertPooled(result, pooled.value, own);
    }
  }
  if (threshold_sweep?.status === "done") {
    const { scans, splits, thresholds, used } = threshold_sweep;
    const at = thresholds.indexOf(used);
    for (const { model, case: index, predicted, truePositives } of scans) {
      const own = scoredOf(result, model, splits).find((one) => one.case === index);
      assert.deepEqual([predicted[at], truePositives[at]], [own?.voxels, own?.truePositives]);
    }
  }
  if (statistics?.status === "done") {
    for (const pair of statistics.pairs) assertDifference(result, pair, statistics.splits);
  }
}

/** What a model made of the scored scans, in their order. */
function scoredOf(
  { predictions, dataset }: RunResult,
  model: string,
  splits: readonly string[],
): PredictionRecord[] {
  return dataset.cases.flatMap(({ index, split }) =>
    predictions.filter((one) =>
      one.model === model && one.case === index && one.metrics && splits.includes(split)
    )
  );
}

function assertMeans(
  result: RunResult,
  means: Readonly<Record<string, MeanRecord>>,
  scans: readonly PredictionRecord[],
): void {
  for (const [metric, mean] of Object.entries(means)) assertMean(result, mean, scans, metric);
}

function assertMean(
  { dataset, suite }: RunResult,
  mean: MeanRecord,
  scans: readonly PredictionRecord[],
  metric: string,
): void {
  const kept = scans.filter(({ metrics }) => metrics![metric].value !== null);
  const values = kept.map(({ metrics }) => metrics![metric].value!);
  if (values.length === 0) return assert.equal(mean.value, null, metric);
  assertClose(mean.value, sumOf(values) / values.length, metric);
  const patients = kept.map((one) =>
    dataset.cases.find(({ index }) => index === one.case)!.patient
  );
  const { interval } = meanInterval(values, { seed: suite.seed, patients });
  assert.deepEqual(mean.interval, interval, metric);
}

function assertPooled(
  { dataset }: RunResult,
  pooled: number | null,
  scans: readonly PredictionRecord[],
): void {
  const truths = scans.map((one) =>
    dataset.cases.find(({ index }) => index === one.case)!.truth!.voxels
  );
  const all = sumOf(truths) + sumOf(scans.map(({ voxels }) => voxels));
  const both = sumOf(scans.map(({ truePositives }) => truePositives!));
  assertClose(pooled, all === 0 ? null : 2 * both / all, "pooled Dice");
}

function assertDifference(
  result: RunResult,
  { volumetric, planar, comparisons }: PairRecord,
  splits: readonly string[],
): void {
  const diceOf = (run: string, index: number) =>
    scoredOf(result, run, splits).find((one) => one.case === index)?.metrics?.dice.value ?? NaN;
  const differences = result.dataset.cases.map(({ index }) => {
    const [a, b] = [volumetric, planar].map((runs) =>
      sumOf(runs.map((run) => diceOf(run, index))) / runs.length
    );
    return a - b;
  }).filter((difference) => !Number.isNaN(difference));
  const dice = comparisons.find(({ measure }) => measure === "dice");
  assert.equal(dice?.n ?? 0, differences.length);
  if (dice) assertClose(dice.difference, sumOf(differences) / differences.length, "difference");
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function assertClose(value: number | null, expected: number | null, what: string): void {
  if (value === null || expected === null) return assert.equal(value, expected, what);
  assert.ok(Math.abs(value - expected) <= ROUNDING, `${what}: ${value} is not ${expected}`);
}
