/**
 * Copies from one layout to another.
 *
 * @module
 */

import { ARGUMENT } from "../../library/constants.ts";
import type { View } from "../../library/layout.ts";
import { describeReorder } from "../../library/reorder.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import type { Place } from "../../memory/tensors.ts";

/** Emits a copy from one layout to another. */
export function emitCopy(context: string, lowering: Lowering, from: View, to: Place): void {
  emitMove(context, lowering, lowering.place(from), to);
}

/** As {@linkcode emitCopy}, from memory that need not have an address yet. */
export function emitMove(context: string, lowering: Lowering, from: Place, to: Place): void {
  const { session } = lowering;
  using source = session.descriptor(from.layout);
  using destination = session.descriptor(to.layout);
  lowering.emit({
    context,
    describe: describeReorder(session, source.id, destination.id),
    bind: () => [[ARGUMENT.source, from.memory], [ARGUMENT.destination, to.memory]],
  });
}
