/**
 * 3-D models against 2-D ones, from the values of the scored scans.
 *
 * @module
 */

import { canonicalJson } from "../../base/hashing.ts";
import type { ModelRecord, PairRecord, Refused, StatisticsRecord } from "../../results/mod.ts";
import { compare } from "../../statistics/mod.ts";
import {
  accuracyObstacle,
  refused,
  type RunFacts,
  type Scored,
  scoredCases,
  scoredModels,
  scoredSplits,
} from "./facts.ts";

/**
 * The family of measures that is tested together. Of a signed error, where 0 is best, the size
 * counts: otherwise a mask with too little area would pass for better than one with a bit too much.
 */
export const FAMILY = [
  { measure: "dice", size: false },
  { measure: "volume_error", size: true },
  { measure: "hd95", size: false },
  { measure: "surface_dice_2mm", size: false },
  { measure: "area_overlap", size: false },
  { measure: "area_rmse", size: false },
  { measure: "total_variation_excess", size: true },
  { measure: "roughness_excess", size: true },
  { measure: "adjacent_dice_excess", size: true },
] as const;

/** A model with its scored scans. */
interface ScoredModel {
  readonly model: ModelRecord;
  readonly scans: readonly Scored[];
}

/** Compares every 3-D architecture with every 2-D one on the scans that all of both predicted. */
export function comparePairs(facts: RunFacts): StatisticsRecord | Refused {
  const obstacle = accuracyObstacle(facts);
  if (obstacle) return refused(obstacle);
  const groups = architectures(scoredModels(facts));
  const ofDimension = (n: 2 | 3) => groups.filter(([{ model }]) => model.dimensions === n);
  const [solids, flats] = [ofDimension(3), ofDimension(2)];
  if (solids.length === 0 || flats.length === 0) {
    return refused("3D is compared with 2D: the run has trained weights of one of them only");
  }
  return {
    status: "done",
    splits: scoredSplits(facts),
    pairs: solids.flatMap((solid) => flats.map((flat) => comparePair(facts, solid, flat))),
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
  solid: readonly ScoredModel[],
  flat: readonly ScoredModel[],
): PairRecord {
  const scans = scoredCases(facts);
  const valuesOf = (runs: readonly ScoredModel[], measure: string, size: boolean) =>
    scans.map(({ index }) => {
      const values = runs.map(({ scans }) => {
        const scan = scans.find((one) => one.scan.index === index);
        return scan?.prediction.metrics?.[measure]?.value ?? null;
      });
      return meanOfAll(values.map((value) => value !== null && size ? Math.abs(value) : value));
    });
  const measures = FAMILY.map(({ measure, size }) => ({
    measure: size ? `size of ${measure}` : measure,
    first: valuesOf(solid, measure, size),
    second: valuesOf(flat, measure, size),
  })).filter(({ first, second }) => first.some((value, i) => value !== null && second[i] !== null));
  return {
    solid: solid.map(({ model }) => model.id),
    flat: flat.map(({ model }) => model.id),
    comparisons: compare(measures, {
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
