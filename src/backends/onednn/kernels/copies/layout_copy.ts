/**
 * Copies from one layout to another.
 *
 * @module
 */

import { ARGUMENT } from "../../library/constants.ts";
import type { View } from "../../library/layout.ts";
import { describeReorder } from "../../library/reorder.ts";
import type { Emission } from "../../lowering/emission.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import type { Place } from "../../memory/tensors.ts";

/** Emits a copy from one layout to another. */
export function emitCopy(context: string, lowering: Lowering, from: View, to: Place): void {
  emitMove(context, lowering, lowering.place(from), to);
}

/** Emits a copy from memory that need not have an address yet. */
export function emitMove(context: string, lowering: Lowering, from: Place, to: Place): void {
  using stack = new DisposableStack();
  lowering.emit(copy(stack, lowering, context, from, to));
}

/**
 * A copy from one layout or element type to another.
 *
 * @param stack keeps what describes it until it is emitted
 */
export function copy(
  stack: DisposableStack,
  { session }: Lowering,
  context: string,
  from: Place,
  to: Place,
): Emission {
  const source = stack.use(session.descriptor(from.layout));
  const destination = stack.use(session.descriptor(to.layout));
  return {
    context,
    describe: describeReorder(session, source.id, destination.id),
    bind: () => [[ARGUMENT.source, from.memory], [ARGUMENT.destination, to.memory]],
  };
}
