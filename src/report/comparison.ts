/**
 * 3-D models against 2-D ones, from the per-scan values of a result.
 *
 * @module
 */

import type { RunResult } from "../results/mod.ts";
import { compare, type Comparison } from "../statistics/compare.ts";
import { pairsOf, patientOf } from "./models.ts";

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

/** One 3-D model against one 2-D model. */
export interface PairComparison {
  /** Id of the 3-D model. */
  readonly solid: string;
  /** Id of the 2-D model. */
  readonly flat: string;
  /** Each measure of the family that some scan has, 3-D minus 2-D. */
  readonly comparisons: readonly Comparison[];
}

/** Compares every 3-D model with every 2-D one on the scans that both predicted. */
export function comparePairs(result: RunResult): PairComparison[] {
  const metricsOf = (model: string, scan: number) =>
    result.predictions.find((one) => one.model === model && one.case === scan)?.metrics ?? null;
  return pairsOf(result).flatMap(({ solid, flat }) => {
    const scans = result.dataset.cases.map(({ index }) => index)
      .filter((scan) => metricsOf(solid.id, scan) && metricsOf(flat.id, scan));
    const valuesOf = (model: string, measure: string, size: boolean) =>
      scans.map((scan) => {
        const value = metricsOf(model, scan)?.[measure]?.value ?? null;
        return value !== null && size ? Math.abs(value) : value;
      });
    const measures = FAMILY.map(({ measure, size }) => ({
      measure: size ? `size of ${measure}` : measure,
      first: valuesOf(solid.id, measure, size),
      second: valuesOf(flat.id, measure, size),
    })).filter(({ first, second }) =>
      first.some((value, i) => value !== null && second[i] !== null)
    );
    if (measures.length === 0) return [];
    const patients = scans.map((scan) => patientOf(result, scan));
    const comparisons = compare(measures, { seed: result.suite.seed, patients });
    return [{ solid: solid.id, flat: flat.id, comparisons }];
  });
}
