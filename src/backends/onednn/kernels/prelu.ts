/**
 * Rectified linear units with learnt slopes.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import { ARGUMENT, FORWARD_INFERENCE } from "../constants.ts";
import type { Handle } from "../handles.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { emitCopy } from "./copies.ts";
import { channelFold, channelsLast, folded, rowMajor, sample, type View } from "../views.ts";

/** A multiple of the elements of a vector, in every precision. */
const FULL_VECTORS = 32;

/** y = max(x, 0) + slope * min(x, 0), a slope a channel or an element. */
export const prelu: Lower<"prelu"> = (step, lowering) => {
  const { tensors } = lowering;
  const [x, slope] = step.inputs;
  const source = tensors.activation(x);
  const destination = tensors.activation(step.output);
  if (tensors.shape(slope).length === 1) {
    const fold = channelFold(source);
    const slopes = tensors.vector(slope, source.dims.length, fold);
    const memory = lowering.memory(slopes);
    emit(step.name, lowering, folded(source, fold), folded(destination, fold), slopes, memory);
  } else {
    // slopes are shared over the batch, and only a batch of one has a fast implementation
    const { slopes, memory } = elementSlopes(slope, lowering);
    for (let n = 0; n < source.dims[0]; n++) {
      emit(step.name, lowering, sample(source, n), sample(destination, n), slopes, memory);
    }
  }
};

/** Slopes an element, packed as a tensor of one sample: once for all steps that read them. */
export function elementSlopes(slope: ValueId, lowering: Lowering): ElementSlopes {
  return lowering.once(`slopes ${slope}`, () => {
    const { tensors, session } = lowering;
    const dims = [1, ...tensors.shape(slope)];
    const slopes = { ...channelsLast(tensors.type, dims), address: 0n };
    using wanted = session.descriptor(slopes);
    const memory = tensors.pack(() => tensors.parameter(slope), rowMajor("f32", dims), wanted.id);
    return { slopes, memory };
  });
}

/** Slopes an element. */
interface ElementSlopes {
  /** How they lie. */
  readonly slopes: View;
  /** Where. */
  readonly memory: Handle;
}

/**
 * Over the same memory, the last elements that fill no vector may be computed by two threads, one
 * upon the result of the other; then the source is copied first.
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
  memory: Handle,
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
      [ARGUMENT.weights, memory],
      [ARGUMENT.destination, lowering.memory(destination)],
    ],
  });
}
