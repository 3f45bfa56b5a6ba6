/**
 * Trying execution plans on the GPU, to find the fastest.
 *
 * @module
 */

import { MissingError } from "../../base/errors.ts";
import { elements } from "../../base/shapes.ts";
import { DATA_BYTES } from "./constants.ts";
import type { Trial } from "./engines.ts";
import type { Session } from "./session.ts";
import { variantPack } from "./variant_pack.ts";

/** Timed executions, after one that is not. */
const RUNS = 3;

/** Trials on memory of their own, whose contents do not matter. */
export function trialOn(session: Session): Trial {
  return ({ descriptor, workspace }, { tensors }, context) => {
    const { cudnn } = session;
    using stack = new DisposableStack();
    const room = (bytes: number) => stack.use(session.allocate(bytes, context)).id;
    try {
      const bindings = tensors.filter(({ virtual }) => !virtual)
        .map(({ id, dims, type }) => [id, room(elements(dims) * DATA_BYTES[type])] as const);
      const pack = variantPack(cudnn, stack, context, bindings, room(workspace));
      const [start, end] = [stack.use(session.event()), stack.use(session.event())];
      const execute = () =>
        cudnn.check(
          cudnn.symbols.cudnnBackendExecute(session.handle, descriptor.id, pack.id),
          "cudnnBackendExecute",
          context,
        );
      execute();
      session.mark(start);
      for (let run = 0; run < RUNS; run++) execute();
      session.mark(end);
      session.wait(context);
      return session.seconds(start, end) / RUNS;
    } catch (error) {
      if (error instanceof MissingError) return null;
      throw error;
    }
  };
}
