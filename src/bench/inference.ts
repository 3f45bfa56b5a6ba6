/**
 * The repeated timings of the `inference_time` experiment.
 *
 * @module
 */

import type { InferenceTiming, Scope } from "../results/mod.ts";
import { medianInterval } from "../statistics/bootstrap.ts";
import { median } from "../statistics/summary.ts";

/** What was timed. */
export interface TimedRuns {
  /** Key of the model. */
  readonly model: string;
  /** What one run is. */
  readonly scope: Scope;
  /** Slices that one run takes. */
  readonly slices: number;
  /** Floating-point operations of one run. */
  readonly flops: number;
  /** Runs before the first timed one. */
  readonly warmup: number;
  /** Seconds of each timed run. */
  readonly samples: readonly number[];
}

/** Samples that a bootstrap interval needs to say anything. */
const FEWEST = 3;

/** Timed runs with their median, its interval and the rates that follow. */
export function inferenceTiming(
  { flops, ...runs }: TimedRuns,
  seed: number,
): InferenceTiming {
  const { samples, slices, scope } = runs;
  const middle = median(samples);
  const interval = samples.length >= FEWEST ? medianInterval(samples, { seed }) : null;
  return {
    ...runs,
    median: middle,
    interval: interval && [interval.low, interval.high],
    slicesPerSecond: slices / middle,
    gflopPerSecond: scope === "network" ? flops / middle / 1e9 : null,
  };
}
