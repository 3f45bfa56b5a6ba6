/**
 * `smoothing_control`: does mere smoothing explain the continuity of the 3-D model? The 2-D masks
 * after a median filter along z, measured as the masks themselves.
 *
 * @module
 */

import * as z from "zod";
import { MaskPair, type MetricGrid, METRICS } from "../../metrics/mod.ts";
import { withCaveats } from "../caveats.ts";
import { accuracyObstacle, refused, scoredCases, scoredSplits, trainedModels } from "../facts.ts";
import type { MeasuredValue, ModelRecord, SmoothedRecord } from "../records.ts";
import { caseIndex, done, measures, modelKey, splits, whole } from "../schema/parts.ts";
import { defineExperiment } from "./experiment.ts";

const smoothed = z.object({
  model: modelKey,
  case: caseIndex,
  metrics: measures.describe(
    "Overlap, similarity and continuity after it; before it: `predictions`.",
  ),
}).meta({ id: "SmoothedRecord", description: "One 2-D mask after the filter." });

const record = z.object({
  status: done,
  splits,
  window: whole.describe("Slices under the filter."),
  scans: z.array(smoothed).describe("One entry a 2-D model and scan."),
}).meta({
  id: "SmoothingExperiment",
  description: "2-D masks after a median filter along z.",
});

/** Slices under the filter. */
const WINDOW = 3;

const isPlanar = ({ dimensions }: ModelRecord) => dimensions === 2;

/** 2-D masks after the filter. */
export const smoothingControl = defineExperiment({
  key: "smoothing_control",
  title: "Smoothing control",
  about: "Ours: does a median filter along z make the 2-D masks as continuous?",
  record,
  measuring: {
    probabilities: false,
    applies: isPlanar,
    begin: ({ model, case: index, truth, grid, caveats }) => ({
      end: (mask): SmoothedRecord => ({
        model,
        case: index,
        metrics: withCaveats(measureSmoothed(mask, truth, grid), caveats),
      }),
    }),
    kept: ({ scans }) => scans,
  },
  make(facts, smoothed) {
    const obstacle = accuracyObstacle(facts);
    if (obstacle) return refused(obstacle);
    if (!trainedModels(facts).some(isPlanar)) {
      return refused("the run has no 2-D model with trained weights");
    }
    const scored = new Set(scoredCases(facts).map(({ index }) => index));
    return {
      status: "done",
      splits: scoredSplits(facts),
      window: WINDOW,
      scans: smoothed.filter((one) => scored.has(one.case)),
    };
  },
});

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
    METRICS.filter(({ needs }) => !needs.includes("spacing"))
      .map((metric) => [metric.name, metric.compute(pair)]),
  );
}
