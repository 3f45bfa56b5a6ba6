/**
 * `smoothing_control`: does mere smoothing explain the continuity of the 3-D model? The 2-D masks
 * after a median filter along z, measured as the masks themselves.
 *
 * @module
 */

import { MaskPair, type MetricGrid, METRICS } from "../../metrics/mod.ts";
import type { MeasuredValue, Refused, SmoothingExperiment } from "../../results/mod.ts";
import {
  accuracyObstacle,
  refused,
  type RunFacts,
  scoredCases,
  scoredSplits,
  trainedModels,
} from "./facts.ts";

/** Slices under the filter. */
const WINDOW = 3;

/** 2-D masks after the filter. */
export function smoothingControl(facts: RunFacts): SmoothingExperiment | Refused {
  const obstacle = accuracyObstacle(facts);
  if (obstacle) return refused(obstacle);
  const flat = trainedModels(facts).some(({ dimensions }) => dimensions === 2);
  if (!flat) return refused("the run has no 2-D model with trained weights");
  const scored = new Set(scoredCases(facts).map(({ index }) => index));
  return {
    status: "done",
    splits: scoredSplits(facts),
    window: WINDOW,
    scans: facts.smoothed.filter((one) => scored.has(one.case)),
  };
}

/**
 * The median of each voxel and its two neighbours along z: of a binary mask, what two of the three
 * say. The first and the last slice have one neighbour; they count twice and so stay as they are.
 *
 * @param mask 0 or 1 a voxel, order (z, y, x)
 *
 * @example
 * ```ts
 * import { medianAlongZ } from "./smoothing_control.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...medianAlongZ(Uint8Array.of(1, 0, 1, 1, 0, 1), [6, 1, 1])], [1, 1, 1, 1, 1, 1]);
 * ```
 */
export function medianAlongZ(
  mask: Uint8Array,
  [slices, height, width]: readonly [number, number, number],
): Uint8Array<ArrayBuffer> {
  const plane = height * width;
  const smooth = Uint8Array.from(mask);
  for (let z = 1; z < slices - 1; z++) {
    for (let i = z * plane; i < (z + 1) * plane; i++) {
      smooth[i] = mask[i - plane] + mask[i] + mask[i + plane] >= 2 ? 1 : 0;
    }
  }
  return smooth;
}

/** Overlap, similarity and continuity of a smoothed mask; distances are left out. */
export function measureSmoothed(
  mask: Uint8Array,
  truth: Uint8Array,
  grid: MetricGrid,
): Record<string, MeasuredValue> {
  const pair = new MaskPair(medianAlongZ(mask, grid.shape), truth, grid);
  return Object.fromEntries(
    METRICS.filter(({ name }) => !/^(hd95|surface)/.test(name))
      .map((metric) => [metric.name, metric.compute(pair)]),
  );
}
