/**
 * Convolutions in strips along their outermost spatial axis, each a convolution of its own over the
 * lines of the input that it needs.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import type { View } from "../../library/layout.ts";
import { epilogueOf, stripOperands } from "../../lowering/epilogue.ts";
import type { Lowering } from "../../lowering/lowering.ts";
import type { Piece } from "../../lowering/pieces.ts";
import { stripInput } from "../../lowering/strips.ts";
import { PackedOnce } from "../../memory/packed_once.ts";
import { folded, lines, sample } from "../../memory/views.ts";
import { convolution } from "./convolution_primitive.ts";
import { emitStrips } from "./emit_strips.ts";
import type { Weighted } from "./residual_fold.ts";
import { foldFactor, multiplications } from "./width_folding.ts";

/** Multiplications that are worth a strip of their own: some 100 microseconds of a core. */
const LEAST = 5_000_000;

/** How many times as long a multiplication takes where each channel has its own window. */
const DEPTHWISE = 8;

/**
 * Emits a convolution in strips for a team, with its epilogue.
 *
 * @returns false, and nothing is emitted, where there are too few lines, no team, or the library is
 * slow at a strip
 */
export function emitInStrips({ step, weights }: Weighted, lowering: Lowering): boolean {
  const { tensors } = lowering;
  const { name, attributes, inputs: [x, weight, bias], output } = step;
  const [source, destination] = [x, output].map((id) => tensors.activation(id));
  const [samples, , height] = destination.dims;
  const { groups } = attributes;
  const work = multiplications(source.dims, destination.dims, attributes) *
    elements(destination.dims.slice(2)) / groups * (groups > 1 ? DEPTHWISE : 1);
  const cut = lowering.cut(height, work, LEAST);
  // in training, weights are packed at every step
  if (lowering.threads === 1 || tensors.trained || samples * cut.length < 2 * lowering.threads) {
    return false;
  }
  const fold = foldFactor(source.dims, destination.dims, attributes);
  const packed = new PackedOnce(lowering.session, tensors, weights);
  const emission = (stack: DisposableStack, n: number, strip: Piece) => {
    const needed = stripInput(attributes, source.dims[2], strip);
    const part = (view: View) => lines(sample(view, n), strip.first, strip.count);
    const primitive = convolution(stack, lowering, {
      context: name,
      source: lowering.place(
        folded(lines(sample(source, n), needed.first, needed.count), fold),
      ),
      destination: lowering.place(folded(part(destination), fold)),
      window: {
        ...attributes,
        padBefore: attributes.padBefore.with(0, needed.padBefore),
        padAfter: attributes.padAfter.with(0, needed.padAfter),
      },
      dims: tensors.shape(weight),
      weights: packed,
      bias: bias === undefined ? undefined : tensors.vector(bias, 2, fold),
      fold,
    });
    return { primitive, epilogue: epilogueOf(step, stripOperands(tensors, output, fold, part)) };
  };
  return emitStrips(name, lowering, { samples, height, strips: cut, emission });
}
