/**
 * The list of metrics, and a pair of masks measured by all of them.
 *
 * @module
 */

import { AREA_PLOT_METRICS } from "./area_plot.ts";
import { CONTINUITY_METRICS } from "./continuity_metrics.ts";
import { MaskPair, type MetricGrid, type PairFacts } from "./mask_pair.ts";
import type { Measured, Metric } from "./metric.ts";
import { OVERLAP_METRICS } from "./overlap.ts";
import { SURFACE_METRICS } from "./surface_distance.ts";
import { HD95_VOXEL } from "./voxel_distance.ts";

/** The list of metrics: a new one is a file and a line here. */
export const METRICS: readonly Metric[] = [
  ...OVERLAP_METRICS,
  ...SURFACE_METRICS,
  HD95_VOXEL,
  ...AREA_PLOT_METRICS,
  ...CONTINUITY_METRICS,
];

/**
 * Measures a pair of masks by every metric.
 *
 * @param prediction 0 or 1 a voxel, order (z, y, x)
 * @param truth 0 or 1 a voxel, order (z, y, x)
 * @param grid shape of both, and spacing in mm or null
 * @param facts what else is known, such as the stack borders
 * @returns the value or the reason of its absence, by the metric's name, in the order of `METRICS`
 * @throws InputError where a mask does not fit the grid or is not binary
 *
 * @example
 * ```ts
 * import { evaluatePair } from "./list.ts";
 * import assert from "node:assert/strict";
 * const truth = Uint8Array.of(0, 1, 1, 0);
 * const grid = { shape: [1, 2, 2], spacing: [5, 1, 1] } as const;
 * const { dice, hd95, precision } = evaluatePair(new Uint8Array(4), truth, grid);
 * assert.equal(dice.value, 0);
 * assert.equal(hd95.reason, "the prediction is empty");
 * assert.equal(precision.value, null);
 * ```
 */
export function evaluatePair(
  prediction: Uint8Array,
  truth: Uint8Array,
  grid: MetricGrid,
  facts: PairFacts = {},
): Record<string, Measured> {
  const pair = new MaskPair(prediction, truth, grid, facts);
  return Object.fromEntries(METRICS.map((metric) => [metric.name, metric.compute(pair)]));
}
