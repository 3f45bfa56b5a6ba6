/**
 * Rectified linear units with learnt slopes.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import { ARGUMENT, FORWARD_INFERENCE } from "../../library/constants.ts";
import type { Handle } from "../../library/handles.ts";
import type { View } from "../../library/layout.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { type Piece, WORTH_A_PIECE } from "../../lowering/pieces.ts";
import { longRows } from "../../memory/rows.ts";
import { asColumn, asRows, lines, sample } from "../../memory/views.ts";
import { emitCopy } from "../copies/layout_copy.ts";

/** A multiple of the elements of a vector, in every precision. */
const FULL_VECTORS = 32;

/** y = max(x, 0) + slope * min(x, 0), a slope a channel or an element. */
export const prelu: Lower<"prelu"> = (step, lowering) => {
  const { tensors } = lowering;
  const [x, slope] = step.inputs;
  const [source, destination] = [x, step.output].map((id) => tensors.activation(id));
  if (tensors.shape(slope).length === 1) {
    const column = asColumn(source);
    const fold = longRows(column.dims[2], column.dims[1]);
    const [from, to] = [column, asColumn(destination)].map((view) => asRows(view, fold));
    emitPieces(step.name, lowering, from, to, () => tensors.vector(slope, 4, fold));
  } else {
    // slopes are shared over the batch, and only a batch of one has a fast implementation
    const slopes = tensors.packed(slope);
    for (let n = 0; n < source.dims[0]; n++) {
      const [from, to] = [source, destination].map((view) => sample(view, n));
      emitPieces(step.name, lowering, from, to, ({ first, count }) => lines(slopes, first, count));
    }
  }
};

/** Emits a prelu in pieces, each with its slopes. */
function emitPieces(
  context: string,
  lowering: Lowering,
  source: View,
  destination: View,
  slopes: (piece: Piece) => View,
): void {
  const cut = lowering.cut(source.dims[2], elements(source.dims), WORTH_A_PIECE);
  lowering.emitPieces(context, cut, (piece) => {
    const [from, to] = [source, destination]
      .map((view) => lines(view, piece.first, piece.count));
    emit(context, lowering, from, to, slopes(piece));
    return true;
  });
}

/**
 * What to read: over the same memory, the last elements that fill no vector may be computed by two
 * threads, one upon the result of the other; then the source is copied first.
 */
function safeSource(context: string, lowering: Lowering, source: View, destination: View): Handle {
  const filled = elements(source.dims) % FULL_VECTORS === 0;
  if (source.address !== destination.address || filled) return lowering.memory(source);
  const copy = lowering.temporary(source);
  emitCopy(context, lowering, source, copy);
  return copy.memory;
}

function emit(
  context: string,
  lowering: Lowering,
  source: View,
  destination: View,
  slopes: View,
): void {
  const { session } = lowering;
  const from = safeSource(context, lowering, source, destination);
  using layout = session.descriptor(source);
  using slopesMd = session.descriptor(slopes);
  lowering.emit({
    context,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_prelu_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_INFERENCE,
        layout.id,
        slopesMd.id,
        layout.id,
        attributes,
      ),
    bind: () => [
      [ARGUMENT.source, from],
      [ARGUMENT.weights, lowering.memory(slopes)],
      [ARGUMENT.destination, lowering.memory(destination)],
    ],
  });
}
