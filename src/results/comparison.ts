/**
 * 3-D models against 2-D ones, from the values of the scored scans.
 *
 * @module
 */

import * as z from "zod";
import { canonicalJson } from "../base/hashing.ts";
import { AREA_OVERLAP, AREA_RMSE } from "../metrics/area_plot.ts";
import { CONTINUITY } from "../metrics/continuity_metrics.ts";
import type { Metric } from "../metrics/mod.ts";
import { DICE, VOLUME_ERROR } from "../metrics/overlap.ts";
import { HD95, SURFACE_DICE_2MM } from "../metrics/surface_distance.ts";
import { type BootstrapOptions, compare } from "../statistics/mod.ts";
import {
  accuracyObstacle,
  refused,
  type RunFacts,
  type Scored,
  scoredCases,
  scoredModels,
  scoredSplits,
} from "./facts.ts";
import type { ModelRecord, PairRecord, Refused, StatisticsRecord } from "./records.ts";
import { done, interval, splits, whole } from "./schema/parts.ts";

const comparison = z.object({
  measure: z.string().describe(
    "The measure; `size of` one where the sign says nothing of which is better.",
  ),
  n: whole.describe("Scans where both values are defined: what all numbers here rest on."),
  patients: whole.describe("Patients of these scans."),
  leftOut: whole.describe("Scans left out because a value is undefined."),
  difference: z.number().nullable().describe(
    "Mean over scans of 3-D minus 2-D; null where n is 0.",
  ),
  interval: interval.nullable().describe(
    "BCa interval of the difference, resampled by patient; null where there is none.",
  ),
  p: z.number().nullable().describe(
    "Two-sided Wilcoxon signed-rank p over scans; null where n is 0.",
  ),
  pHolm: z.number().nullable().describe(
    "The same, Holm-corrected over the measures of the pair; null where n is 0.",
  ),
  reason: z.string().optional().describe("Why something is null."),
}).meta({
  id: "ComparisonRecord",
  description: "How one model differs from another in one measure.",
});

const pair = z.object({
  volumetric: z.array(z.string()).describe("Keys of the 3-D model, one a training run."),
  planar: z.array(z.string()).describe("Keys of the 2-D model, one a training run."),
  comparisons: z.array(comparison).describe(
    "Each measure of the family that some scan has, 3-D minus 2-D.",
  ),
}).meta({
  id: "PairRecord",
  description:
    "One 3-D architecture against one 2-D one. An architecture may stand in the suite with several " +
    "weights, from several training seeds: its value of a scan is then the mean over these.",
});

/** The section of results. */
export const statistics = z.object({
  status: done,
  splits: splits.describe("Splits whose scans they are about."),
  pairs: z.array(pair).describe("One entry a pair of architectures."),
}).meta({
  id: "StatisticsRecord",
  description: "Paired comparisons of 3-D with 2-D models on the scored scans.",
});

/** The family of measures that is tested together. */
const FAMILY: readonly Metric[] = [
  DICE,
  VOLUME_ERROR,
  HD95,
  SURFACE_DICE_2MM,
  AREA_OVERLAP,
  AREA_RMSE,
  CONTINUITY.total_variation.excess,
  CONTINUITY.roughness.excess,
  CONTINUITY.adjacent_dice.excess,
];

/**
 * Whether the size of a value is compared: of a signed error, where 0 is best, a mask with too
 * little area would otherwise pass for better than one with a bit too much.
 */
const isSized = ({ better }: Metric) => better === "zero";

const measureOf = (metric: Metric) => isSized(metric) ? `size of ${metric.name}` : metric.name;

/** The metric of a measure of a comparison, and whether its size is compared. */
export function metricOfMeasure(
  measure: string,
): { readonly metric: Metric; readonly sized: boolean } | undefined {
  const metric = FAMILY.find((one) => measureOf(one) === measure);
  return metric && { metric, sized: isSized(metric) };
}

/** A model with its scored scans. */
interface ScoredModel {
  readonly model: ModelRecord;
  readonly scans: readonly Scored[];
}

/**
 * Compares every 3-D architecture with every 2-D one on the scans that all of both predicted.
 *
 * @param options resamples of the intervals (default: those of `compare`)
 */
export function comparePairs(
  facts: RunFacts,
  options: Pick<BootstrapOptions, "resamples"> = {},
): StatisticsRecord | Refused {
  const obstacle = accuracyObstacle(facts);
  if (obstacle) return refused(obstacle);
  const groups = architectures(scoredModels(facts));
  const ofDimension = (n: 2 | 3) => groups.filter(([{ model }]) => model.dimensions === n);
  const [volumetric, planar] = [ofDimension(3), ofDimension(2)];
  if (volumetric.length === 0 || planar.length === 0) {
    return refused("3D is compared with 2D: the run has trained weights of one of them only");
  }
  return {
    status: "done",
    splits: scoredSplits(facts),
    pairs: volumetric.flatMap((three) =>
      planar.map((two) => comparePair(facts, three, two, options))
    ),
  };
}

/** Models that differ in nothing but their weights stand together. */
function architectures(models: readonly ScoredModel[]): ScoredModel[][] {
  const groups = new Map<string, ScoredModel[]>();
  for (const one of models) {
    const { name, graphHash, stack, field = "whole" } = one.model;
    const key = canonicalJson([name, graphHash, stack, field]);
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  return [...groups.values()];
}

function comparePair(
  facts: RunFacts,
  volumetric: readonly ScoredModel[],
  planar: readonly ScoredModel[],
  options: Pick<BootstrapOptions, "resamples">,
): PairRecord {
  const scans = scoredCases(facts);
  const valuesOf = (runs: readonly ScoredModel[], metric: Metric) =>
    scans.map(({ index }) => {
      const values = runs.map(({ scans }) => {
        const scan = scans.find((one) => one.scan.index === index);
        return scan?.prediction.metrics?.[metric.name]?.value ?? null;
      });
      const sized = isSized(metric);
      return meanOfAll(values.map((value) => value !== null && sized ? Math.abs(value) : value));
    });
  const measures = FAMILY.map((metric) => ({
    measure: measureOf(metric),
    first: valuesOf(volumetric, metric),
    second: valuesOf(planar, metric),
  })).filter(({ first, second }) => first.some((value, i) => value !== null && second[i] !== null));
  return {
    volumetric: volumetric.map(({ model }) => model.id),
    planar: planar.map(({ model }) => model.id),
    comparisons: compare(measures, {
      ...options,
      seed: facts.seed,
      patients: scans.map(({ patient }) => patient),
    }),
  };
}

/** Mean of values; null where one is: a scan then has no value that can be paired. */
function meanOfAll(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum / values.length;
}
