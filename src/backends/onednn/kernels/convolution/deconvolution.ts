/**
 * Transposed convolutions.
 *
 * @module
 */

import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../../library/constants.ts";
import { rowMajor } from "../../library/layout.ts";
import { dimensions } from "../../library/memory_descriptor.ts";
import type { Emission } from "../../lowering/emission.ts";
import { foldedOperands } from "../../lowering/epilogue.ts";
import type { Lower } from "../../lowering/lowering.ts";
import { asVector, folded } from "../../memory/views.ts";
import { transposedFold, transposedFoldWeights } from "./width_folding.ts";

/** Transposed convolution, with few channels folded along W; its padding is the cropping. */
export const deconv: Lower<"deconv"> = (step, lowering) => {
  const { session, tensors } = lowering;
  const [x, weight, bias] = step.inputs;
  const { kernel, stride, padBefore, padAfter } = step.attributes;
  const source = tensors.activation(x);
  const whole = tensors.activation(step.output);
  const fold = transposedFold(whole.dims, step.attributes);
  const destination = folded(whole, fold);
  const shift = bias === undefined ? undefined : asVector(tensors.vector(bias, 2, fold));
  const dims = tensors.shape(weight);
  // what is folded has one tap and a stride of 1 along W
  const along = (sizes: readonly number[]) => fold === 1 ? sizes : sizes.with(-1, 1);
  const given = rowMajor("f32", [dims[0], dims[1] * fold, ...along(kernel)]);
  // (C, O, ...) in the model, (O, C, ...) for the library: the same memory, two strides swapped
  const swap = ([c, o, ...rest]: readonly number[]) => [o, c, ...rest];
  const layout = { ...given, dims: swap(given.dims), strides: swap(given.strides) };
  const weights = () => {
    const once = tensors.parameter(weight);
    return fold === 1 ? once : transposedFoldWeights(once, dims);
  };
  using stack = new DisposableStack();
  const sourceMd = stack.use(session.descriptor(source));
  const weightsMd = stack.use(session.anyLayout(tensors.type, layout.dims));
  const biasMd = shift && stack.use(session.descriptor(shift));
  const destinationMd = stack.use(session.descriptor(destination));
  const emission: Emission = {
    context: step.name,
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
      [ARGUMENT.weights, tensors.pack(weights, layout, descriptor.weights)],
      ...(shift ? [[ARGUMENT.bias, lowering.memory(shift)] as const] : []),
      [ARGUMENT.destination, lowering.memory(destination)],
    ],
  };
  lowering.emitStep(step, emission, "any", foldedOperands(tensors, step.output, fold));
};
