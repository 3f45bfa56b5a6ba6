/**
 * A complete RunResult with times, for tests.
 *
 * @module
 */

import type { InferenceTiming, RunResult } from "./records.ts";
import { sampleRunResult } from "./sample.ts";

function hash(index: number, of: string): string {
  return `${of}${index}`.padStart(64, "0");
}

/** A complete result: Dice of model `u` per scan, and seconds of processes of the network. */
export function sampleTimedResult(
  dice: readonly (number | null)[],
  seconds: readonly number[],
): RunResult {
  const sample = sampleRunResult();
  const [scan] = sample.dataset.cases;
  const [prediction] = sample.predictions;
  const timing: InferenceTiming = {
    model: "u",
    scope: "network",
    slices: 8,
    warmup: 1,
    processes: seconds.map((median) => ({
      median,
      samples: [{ seconds: median }],
      peakRss: null,
    })),
    median: seconds[0],
    interval: null,
    slicesPerSecond: 8 / seconds[0],
    gflopPerSecond: 1,
    peakRss: null,
  };
  return {
    ...sample,
    status: "complete",
    models: sample.models.slice(0, 1),
    dataset: {
      ...sample.dataset,
      cases: dice.map((_, index) => ({
        ...scan,
        index,
        patient: index,
        id: null,
        voxelsSha256: hash(index, "a"),
        truth: { ...scan.truth!, sha256: hash(index, "b") },
      })),
    },
    predictions: dice.map((value, index) => ({
      ...prediction,
      case: index,
      maskSha256: hash(index, "c"),
      metrics: {
        dice: value === null ? { value, reason: "both masks are empty" } : { value },
        volume_error: { value: value === null ? 0 : index % 2 === 0 ? value : -value },
      },
    })),
    timing: { ...sample.timing, inference: [timing] },
  };
}
