/**
 * Presence of the lesion in four consecutive slices, as the paper's Fig. 9 shows it: not for one
 * chosen run but for every run of four consecutive slices that are positive in truth.
 *
 * @module
 */

import { sliceAreas } from "./area_plot.ts";
import type { Triple } from "./distances.ts";
import { type Measured, measured, undefinedBecause } from "./metric.ts";
import { confusion, dice } from "./overlap.ts";
import { presenceIsIdle } from "./presence.ts";

/** Slices of a run. */
export const RUN_LENGTH = 4;

/** A run of four consecutive slices that are positive in truth. */
export interface Run {
  /** Its first slice. */
  readonly start: number;
  /** Presence in the truth's slices: `1111`, by definition of a run. */
  readonly truth: string;
  /** Presence in the prediction's slices, first slice first, such as `1011`. */
  readonly prediction: string;
  /** Agreement: Dice over the voxels of the four slices, in [0, 1]. */
  readonly dice: number;
}

/**
 * Every run of four consecutive truth-positive slices, overlapping ones too, in order.
 *
 * @param prediction 0 or 1 a voxel, order (z, y, x)
 * @param truth 0 or 1 a voxel, order (z, y, x)
 * @param shape sizes of both
 *
 * @example
 * ```ts
 * import { consecutiveRuns } from "./consecutive.ts";
 * import assert from "node:assert/strict";
 * const truth = Uint8Array.of(0, 1, 1, 1, 1);
 * const [run] = consecutiveRuns(Uint8Array.of(0, 1, 0, 1, 0), truth, [5, 1, 1]);
 * assert.deepEqual([run.start, run.prediction], [1, "1010"]);
 * ```
 */
export function consecutiveRuns(
  prediction: Uint8Array,
  truth: Uint8Array,
  shape: Triple,
): Run[] {
  const pixels = shape[1] * shape[2];
  const presence = (mask: Uint8Array) =>
    Array.from(sliceAreas(mask, shape), (area) => (area > 0 ? "1" : "0")).join("");
  const [predicted, real] = [presence(prediction), presence(truth)];
  const runs: Run[] = [];
  for (let start = 0; start + RUN_LENGTH <= shape[0]; start++) {
    const pattern = real.slice(start, start + RUN_LENGTH);
    if (pattern.includes("0")) continue;
    const end = start + RUN_LENGTH;
    const counts = confusion(prediction, truth, start * pixels, end * pixels);
    runs.push({
      start,
      truth: pattern,
      prediction: predicted.slice(start, end),
      dice: dice(counts).value ?? 0, // the truth is positive here, so it is defined
    });
  }
  return runs;
}

/** How often each pattern of presence occurs, of the prediction or the truth, patterns in order. */
export function patternCounts(
  runs: readonly Run[],
  of: "prediction" | "truth",
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const run of runs) counts.set(run[of], (counts.get(run[of]) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The index of the run of median agreement, for the panel; -1 of none.
 *
 * With an even number of runs it is the lower of the two in the middle, of equal ones the first.
 *
 * @param agreements agreement of each run; where several predictions are shown, the mean of theirs
 *
 * @example
 * ```ts
 * import { medianRun } from "./consecutive.ts";
 * import assert from "node:assert/strict";
 * assert.equal(medianRun([0.9, 0.1, 0.4, 0.5]), 2);
 * ```
 */
export function medianRun(agreements: readonly number[]): number {
  const order = agreements.map((_, index) => index)
    .sort((i, j) => agreements[i] - agreements[j] || i - j);
  return order[(order.length - 1) >> 1] ?? -1;
}

/**
 * The share of runs in which the prediction is present throughout, in [0, 1]. Undefined where
 * there is no run, or where presence means nothing (see `presenceIsIdle`).
 *
 * @param runs the runs of all scans
 * @param truthAreas area curves of the truth of all scans
 */
export function presentThroughout(
  runs: readonly Run[],
  truthAreas: readonly ArrayLike<number>[],
): Measured {
  const idle = presenceIsIdle(truthAreas);
  if (idle !== null) return undefinedBecause(idle);
  if (runs.length === 0) return undefinedBecause("no four consecutive slices hold lesion in truth");
  const present = runs.filter(({ prediction }) => !prediction.includes("0"));
  return measured(present.length / runs.length);
}
