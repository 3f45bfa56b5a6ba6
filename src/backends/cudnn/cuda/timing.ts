/**
 * Timing several ways to do the same on the GPU, in turns.
 *
 * @module
 */

import { MissingError, NativeError } from "../../../base/errors.ts";
import type { Gpu } from "./gpu.ts";
import { captureGraph, launchGraph } from "./graph_capture.ts";
import type { CudaEvent } from "./stream.ts";

/** Runs that are timed together: one alone may be shorter than it takes to submit it. */
const RUNS = 5;

/** Times that every way comes to its turn; the least time counts, and clocks rise meanwhile. */
const ROUNDS = 4;

/** A way that is slower than the best by more than this is not tried again. */
const HOPELESS = 1.5;

/** A way whose first timed run takes longer than that of the best by more than this is timed once. */
const BY_FAR = 4;

/** Seconds of a run that are worth the wait, however slow it is. */
const SHORT = 1e-3;

/**
 * Seconds that each of several ways takes; infinite for one that fails on the GPU.
 *
 * @param ways submit their work to the GPU's stream; a way may be submitted any number of times
 * @param context what is timed, to be named in an error
 */
export function timeInTurns(
  gpu: Gpu,
  ways: readonly (() => void)[],
  context: string,
): number[] {
  using stack = new DisposableStack();
  const ends = [stack.use(gpu.newEvent()), stack.use(gpu.newEvent())] as const;
  // one run of its own tells of a way that is slower by far, before many of it are waited for
  const alone = ways.map((once) =>
    attempt(() => {
      once();
      gpu.stream.synchronize(context);
      return timed(gpu, ends, once, context);
    }) ?? Infinity
  );
  const most = Math.max(SHORT, BY_FAR * Math.min(...alone));
  const runs = ways.map((once, i) =>
    alone[i] > most ? undefined : attempt(() => several(gpu, stack, once, context))
  );
  const least = alone.map((seconds) => seconds > most ? seconds : Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    const limit = HOPELESS * Math.min(...least);
    runs.forEach((run, i) => {
      if (!run || round > 0 && least[i] > limit) return;
      const seconds = attempt(() => timed(gpu, ends, run, context) / RUNS);
      if (seconds === undefined) runs[i] = undefined;
      least[i] = seconds === undefined ? Infinity : Math.min(least[i], seconds);
    });
  }
  return least;
}

/** What submits `RUNS` runs: as one graph where that is possible. */
function several(
  { stream }: Gpu,
  owned: DisposableStack,
  once: () => void,
  context: string,
): () => void {
  const all = () => {
    for (let run = 0; run < RUNS; run++) once();
  };
  const graph = captureGraph(stream, all);
  if (!graph) return all;
  owned.use(graph);
  return () => launchGraph(stream, graph, context);
}

function timed(
  { stream }: Gpu,
  [start, end]: readonly [CudaEvent, CudaEvent],
  run: () => void,
  context: string,
): number {
  stream.recordEvent(start);
  run();
  stream.recordEvent(end);
  stream.synchronize(context);
  return end.secondsSince(start);
}

/** What a function gives; undefined where it fails on the GPU: such a way is not taken. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof NativeError || error instanceof MissingError) return undefined;
    throw error;
  }
}
