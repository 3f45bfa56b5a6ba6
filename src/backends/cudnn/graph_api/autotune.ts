/**
 * Timing execution plans on the GPU, to find the fastest.
 *
 * @module
 */

import { MissingError, NativeError } from "../../../base/errors.ts";
import { elements } from "../../../base/shapes.ts";
import { DATA_BYTES } from "../cuda/data_type.ts";
import type { Gpu } from "../cuda/gpu.ts";
import { captureGraph, launchGraph } from "../cuda/graph_capture.ts";
import type { CudaEvent } from "../cuda/stream.ts";
import type { PlanTimer } from "./engines.ts";
import type { Handle } from "./handle.ts";
import { variantPack } from "./variant_pack.ts";

/** Executions that are timed together: one alone may be shorter than it takes to submit it. */
const RUNS = 5;

/** Times that every plan comes to its turn; the least time counts, and clocks rise meanwhile. */
const ROUNDS = 3;

/** A timer of plans, on memory of their own whose contents do not matter. */
export function planTimer(gpu: Gpu, handle: Handle): PlanTimer {
  return (plans, { tensors }, context) => {
    using stack = new DisposableStack();
    const room = (bytes: number) => stack.use(gpu.memory.allocate(bytes, context)).id;
    const least = plans.map(() => Infinity);
    try {
      const bindings = tensors.filter(({ virtual }) => !virtual)
        .map(({ id, dims, type }) => [id, room(elements(dims) * DATA_BYTES[type])] as const);
      // plans run in turns, so that they share it
      const workspace = room(Math.max(...plans.map((plan) => plan.workspace)));
      const ends = [stack.use(gpu.newEvent()), stack.use(gpu.newEvent())] as const;
      const runs = plans.map((plan) =>
        attempt(() => {
          const pack = variantPack(handle.cudnn, stack, context, bindings, workspace);
          return prepare(gpu, stack, () => handle.execute(plan.descriptor, pack, context), context);
        })
      );
      for (let round = 0; round < ROUNDS; round++) {
        runs.forEach((run, i) => {
          const seconds = run && attempt(() => timed(gpu, ends, run, context));
          if (seconds === undefined) runs[i] = undefined;
          least[i] = seconds === undefined ? Infinity : Math.min(least[i], seconds);
        });
      }
    } catch (error) {
      // without room for the tensors themselves nothing can be timed
      if (!(error instanceof MissingError)) throw error;
    }
    return least;
  };
}

/** Executes once, then gives what submits `RUNS` executions: as one graph where that is possible. */
function prepare(
  { stream }: Gpu,
  owned: DisposableStack,
  once: () => void,
  context: string,
): () => void {
  once();
  stream.synchronize(context);
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
  return end.secondsSince(start) / RUNS;
}

/** What a function gives; undefined where it fails on the GPU: such an engine is not taken. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof NativeError || error instanceof MissingError) return undefined;
    throw error;
  }
}
