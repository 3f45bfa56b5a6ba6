/**
 * Trying execution plans on the GPU, to find the fastest.
 *
 * @module
 */

import { MissingError, NativeError } from "../../base/errors.ts";
import { elements } from "../../base/shapes.ts";
import { DATA_BYTES } from "./constants.ts";
import type { ExecutionPlan, Trial } from "./engines.ts";
import type { Resource } from "./native.ts";
import type { Session } from "./session.ts";
import { variantPack } from "./variant_pack.ts";

/** Executions that are timed together: one alone may be shorter than it takes to submit it. */
const RUNS = 5;

/** Times that every plan comes to its turn; the least time counts, and clocks rise meanwhile. */
const ROUNDS = 3;

/** Trials on memory of their own, whose contents do not matter. */
export function trialOn(session: Session): Trial {
  return (plans, { tensors }, context) => {
    using stack = new DisposableStack();
    const room = (bytes: number) => stack.use(session.allocate(bytes, context)).id;
    const least = plans.map(() => Infinity);
    try {
      const bindings = tensors.filter(({ virtual }) => !virtual)
        .map(({ id, dims, type }) => [id, room(elements(dims) * DATA_BYTES[type])] as const);
      // plans run in turns, so that they share it
      const workspace = room(Math.max(...plans.map((plan) => plan.workspace)));
      const ends = [stack.use(session.event()), stack.use(session.event())] as const;
      const runs = plans.map((plan) =>
        attempt(() => {
          const pack = variantPack(session.cudnn, stack, context, bindings, workspace);
          return prepare(session, stack, () => execute(session, plan, pack.id, context), context);
        })
      );
      for (let round = 0; round < ROUNDS; round++) {
        runs.forEach((run, i) => {
          const seconds = run && attempt(() => timed(session, ends, run, context));
          if (seconds === undefined) runs[i] = undefined;
          least[i] = seconds === undefined ? Infinity : Math.min(least[i], seconds);
        });
      }
    } catch (error) {
      // without room for the tensors themselves nothing can be tried
      if (!(error instanceof MissingError)) throw error;
    }
    return least;
  };
}

/** Executes once, then gives what submits `RUNS` executions: as one graph where that is possible. */
function prepare(
  session: Session,
  owned: DisposableStack,
  once: () => void,
  context: string,
): () => void {
  once();
  session.wait(context);
  const all = () => {
    for (let run = 0; run < RUNS; run++) once();
  };
  const graph = session.record(all);
  if (!graph) return all;
  owned.use(graph);
  return () => session.replay(graph, "a trial");
}

function execute(session: Session, plan: ExecutionPlan, pack: bigint, context: string): void {
  const { cudnn, handle } = session;
  const status = cudnn.symbols.cudnnBackendExecute(handle, plan.descriptor.id, pack);
  cudnn.check(status, "cudnnBackendExecute", context);
}

function timed(
  session: Session,
  [start, end]: readonly [Resource, Resource],
  run: () => void,
  context: string,
): number {
  session.mark(start);
  run();
  session.mark(end);
  session.wait(context);
  return session.seconds(start, end) / RUNS;
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
