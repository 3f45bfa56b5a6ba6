/**
 * Transposed convolutions.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import type { StepOf } from "../../../../plan/plan.ts";
import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../../library/constants.ts";
import { rowMajor, type View } from "../../library/layout.ts";
import { dimensions } from "../../library/memory_descriptor.ts";
import type { Emission } from "../../lowering/emission.ts";
import { epilogueOf, foldedOperands, stripOperands } from "../../lowering/epilogue.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import type { Piece } from "../../lowering/pieces.ts";
import { transposedStripInput } from "../../lowering/strips.ts";
import { PackedOnce } from "../../memory/packed_once.ts";
import { asVector, folded, lines, sample } from "../../memory/views.ts";
import { emitStrips } from "./emit_strips.ts";
import { transposedFold, transposedFoldWeights } from "./width_folding.ts";

/** Multiplications that are worth a strip of their own. */
const LEAST = 2_000_000;

/** Transposed convolution, with few channels folded along W; its padding is the cropping. */
export const deconv: Lower<"deconv"> = (step, lowering) => {
  const { tensors } = lowering;
  const { name, inputs: [x, weight], output, attributes } = step;
  const [source, destination] = [x, output].map((id) => tensors.activation(id));
  const [samples, , height] = destination.dims;
  const packed = weightsOf(step, lowering);
  const fold = transposedFold(destination.dims, attributes);
  const emission = (stack: DisposableStack, n: number, strip: Piece) => {
    const needed = transposedStripInput(attributes, source.dims[2], strip);
    const part = (view: View) => lines(sample(view, n), strip.first, strip.count);
    const primitive = transposed(stack, lowering, step, packed, {
      source: lines(sample(source, n), needed.first, needed.count),
      destination: part(destination),
      padBefore: attributes.padBefore.with(0, needed.padBefore),
      padAfter: attributes.padAfter.with(0, needed.padAfter),
    });
    return { primitive, epilogue: epilogueOf(step, stripOperands(tensors, output, fold, part)) };
  };
  const [stride] = attributes.stride;
  const work = elements(source.dims.slice(2)) * elements(tensors.shape(weight));
  // windows that begin within a strip end within it, where they do not overlap
  const strips = lowering.cut(Math.floor(height / stride), work, LEAST)
    .map(({ first, count }) => ({ first: first * stride, count: count * stride }));
  const cut = !tensors.trained && height % stride === 0 && samples * strips.length > 1;
  if (cut && emitStrips(name, lowering, { samples, height, strips, emission })) return;
  using stack = new DisposableStack();
  const whole = { source, destination, ...attributes };
  const primitive = transposed(stack, lowering, step, packed, whole);
  lowering.emitStep(step, primitive, "any", foldedOperands(tensors, output, fold));
};

/** What a transposed convolution, or a strip of it, reads and writes. */
interface Strip {
  readonly source: View;
  readonly destination: View;
  readonly padBefore: readonly number[];
  readonly padAfter: readonly number[];
}

/** Weights as the model has them, or with W folded. */
function weightsOf(
  { inputs: [, weight], output, attributes }: StepOf<"deconv">,
  { session, tensors }: Lowering,
) {
  const dims = tensors.shape(weight);
  const fold = transposedFold(tensors.shape(output), attributes);
  return new PackedOnce(session, tensors, () => {
    const once = tensors.parameter(weight);
    return fold === 1 ? once : transposedFoldWeights(once, dims);
  });
}

/**
 * The primitive of a transposed convolution.
 *
 * @param stack keeps what describes it until it is emitted
 */
function transposed(
  stack: DisposableStack,
  lowering: Lowering,
  { name, inputs: [, weight, bias], output, attributes: { kernel, stride, ...window } }: StepOf<
    "deconv"
  >,
  weights: PackedOnce,
  { source, destination: unfolded, padBefore, padAfter }: Strip,
): Emission {
  const { session, tensors } = lowering;
  const fold = transposedFold(tensors.shape(output), { kernel, stride, ...window });
  const destination = folded(unfolded, fold);
  const shift = bias === undefined ? undefined : asVector(tensors.vector(bias, 2, fold));
  const dims = tensors.shape(weight);
  // what is folded has one tap and a stride of 1 along W
  const along = (sizes: readonly number[]) => fold === 1 ? sizes : sizes.with(-1, 1);
  const given = rowMajor("f32", [dims[0], dims[1] * fold, ...along(kernel)]);
  // (C, O, ...) in the model, (O, C, ...) for the library: the same memory, two strides swapped
  const swap = ([c, o, ...rest]: readonly number[]) => [o, c, ...rest];
  const layout = { ...given, dims: swap(given.dims), strides: swap(given.strides) };
  const sourceMd = stack.use(session.descriptor(source));
  const weightsMd = stack.use(session.anyLayout(tensors.type, layout.dims));
  const biasMd = shift && stack.use(session.descriptor(shift));
  const destinationMd = stack.use(session.descriptor(destination));
  return {
    context: name,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_deconvolution_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_INFERENCE,
        ALGORITHM.deconvolution_direct,
        sourceMd.id,
        weightsMd.id,
        biasMd?.id ?? 0n,
        destinationMd.id,
        dimensions(along(stride)),
        dimensions([]),
        dimensions(padBefore),
        dimensions(padAfter),
        attributes,
      ),
    bind: (descriptor) => [
      [ARGUMENT.source, lowering.memory(source)],
      [ARGUMENT.weights, weights.in(layout, descriptor.weights)],
      ...(shift ? [[ARGUMENT.bias, lowering.memory(shift)] as const] : []),
      [ARGUMENT.destination, lowering.memory(destination)],
    ],
  };
}
