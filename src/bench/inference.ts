/**
 * The repeated timings of the `inference_time` experiment.
 *
 * @module
 */

import type { LoadedCase } from "../datasets/mod.ts";
import { peakMemory, resetPeakMemory } from "../platform/mod.ts";
import type { Progress } from "../progress/mod.ts";
import type {
  InferenceTiming,
  KernelRecord,
  PredictionRecord,
  Scope,
  TimingRecord,
} from "../results/mod.ts";
import { medianInterval } from "../statistics/bootstrap.ts";
import { median } from "../statistics/summary.ts";
import { throwIfInterrupted } from "../base/interruption.ts";
import { timeNetwork } from "./network.ts";
import { runCase } from "./run_case.ts";
import type { Segmenter } from "../segmentation/mod.ts";
import type { Suite } from "./suite.ts";

/** What to time. */
export interface InferenceRequest {
  /** The model. */
  readonly segmenter: Segmenter;
  /** The scan of the scopes `case` and `end_to_end`. */
  readonly scan: LoadedCase;
  /** Slices of that scan. */
  readonly slices: number;
  /** What the model made of it. */
  readonly prediction: PredictionRecord;
  /** How long that took: the warm-up of repeated runs, or the one sample there is. */
  readonly pass: TimingRecord["cases"][number];
  /** Where masks of repeated runs go: over the mask that is there. */
  readonly maskPath: string;
  /** Whether the memory of the model is on a GPU. */
  readonly onGpu: boolean;
  /** Seed, threshold and repetitions. */
  readonly suite: Suite;
  /** Told how far it has come. */
  readonly progress: Progress;
  /** Stops the work between two executions. */
  readonly signal: AbortSignal;
}

/** Times one model in the scopes `network`, `case` and `end_to_end`. */
export async function timeInference(request: InferenceRequest): Promise<InferenceTiming[]> {
  const { segmenter, slices, prediction, pass, suite, progress, signal } = request;
  const { warmup, repeats, caseRepeats } = suite.timing;
  const passes = caseRepeats === 1 ? 0 : caseRepeats;
  progress.start(`${prediction.model}: timing`, repeats + passes);
  resetPeakMemory();
  const samples = await timeNetwork(
    segmenter.executable,
    suite.seed,
    { warmup, repeats },
    async (run) => {
      if (run >= 0) progress.advance();
      await throwIfInterrupted(signal);
    },
  );
  const { flops, grouping } = segmenter;
  const network = { scope: "network", slices: grouping.size, flops, warmup, samples } as const;
  const clock = segmenter.executable.time ? { clock: "device" as const } : {};
  const kernels = kernelsOf(segmenter.executable.steps);
  const timings: InferenceTiming[] = [{ ...timingOf(request, { ...network, ...clock }), kernels }];
  const runs: Pick<typeof pass, "caseSeconds" | "endToEndSeconds">[] = passes ? [] : [pass];
  for (let i = 0; i < passes; i++) {
    runs.push(
      await runCase(request.scan, segmenter, {
        threshold: suite.threshold,
        maskPath: request.maskPath,
        signal,
      }),
    );
    progress.advance();
  }
  progress.stop();
  const whole = { slices, flops: flops * prediction.executions, warmup: passes ? 1 : 0 };
  const [inMemory, endToEnd] = [
    runs.map(({ caseSeconds }) => caseSeconds),
    runs.map(({ endToEndSeconds }) => endToEndSeconds),
  ];
  timings.push(timingOf(request, { ...whole, scope: "case", samples: inMemory }));
  timings.push(timingOf(request, { ...whole, scope: "end_to_end", samples: endToEnd }));
  return timings;
}

/**
 * What runs the steps of a network, the most frequent first, else by name.
 *
 * @example
 * ```ts
 * import { kernelsOf } from "./inference.ts";
 * import assert from "node:assert/strict";
 * const steps = ["gemm", "jit", "jit"].map((implementation) => ({ implementation }));
 * assert.deepEqual(kernelsOf(steps), [{ name: "jit", steps: 2 }, { name: "gemm", steps: 1 }]);
 * ```
 */
export function kernelsOf(
  steps: readonly { readonly implementation: string }[],
): KernelRecord[] {
  const counts = new Map<string, number>();
  for (const { implementation } of steps) {
    counts.set(implementation, (counts.get(implementation) ?? 0) + 1);
  }
  return [...counts].map(([name, steps]) => ({ name, steps }))
    .sort((a, b) => b.steps - a.steps || (a.name < b.name ? -1 : 1));
}

/** Timed runs of one scope. */
interface TimedRuns {
  readonly scope: Scope;
  readonly clock?: "device";
  readonly slices: number;
  readonly flops: number;
  readonly warmup: number;
  readonly samples: readonly number[];
}

/** Samples that a bootstrap interval needs to say anything. */
const FEWEST = 3;

function timingOf(
  { prediction, suite, segmenter, onGpu }: InferenceRequest,
  { flops, ...runs }: TimedRuns,
): InferenceTiming {
  const { samples, slices } = runs;
  const middle = median(samples);
  const { arena, weights, scratch } = segmenter.executable.memory;
  const interval = samples.length >= FEWEST ? medianInterval(samples, { seed: suite.seed }) : null;
  return {
    model: prediction.model,
    ...runs,
    median: middle,
    interval: interval && [interval.low, interval.high],
    slicesPerSecond: slices / middle,
    gflopPerSecond: flops / middle / 1e9,
    peakRss: peakMemory(),
    ...(onGpu ? { deviceMemory: arena + weights + scratch } : {}),
  };
}
