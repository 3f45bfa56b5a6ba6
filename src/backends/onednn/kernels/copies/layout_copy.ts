/**
 * Copies from one layout to another.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import { ARGUMENT } from "../../library/constants.ts";
import type { View } from "../../library/layout.ts";
import { describeReorder } from "../../library/reorder.ts";
import type { Emission } from "../../lowering/emission.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import { WORTH_A_PIECE } from "../../lowering/pieces.ts";
import type { Place } from "../../memory/tensors.ts";
import { lines, sample } from "../../memory/views.ts";

/** Emits a copy from one layout to another. */
export function emitCopy(context: string, lowering: Lowering, from: View, to: Place): void {
  emitMove(context, lowering, lowering.place(from), to);
}

/** Emits a copy of a tensor with voxels, sample by sample and some lines at a time. */
export function emitCopyInPieces(context: string, lowering: Lowering, from: View, to: View): void {
  const [samples, , height] = from.dims;
  const cut = lowering.cut(height, elements(from.dims) / samples, WORTH_A_PIECE);
  for (let n = 0; n < samples; n++) {
    lowering.emitPieces(context, cut, ({ first, count }) => {
      const [source, target] = [from, to].map((view) => lines(sample(view, n), first, count));
      emitCopy(context, lowering, source, lowering.place(target));
      return true;
    });
  }
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
