/**
 * Transposed convolutions.
 *
 * @module
 */

import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../constants.ts";
import type { Argument } from "../execution.ts";
import type { Lower } from "../lowering.ts";
import { dimensions } from "../session.ts";
import { rowMajor } from "../views.ts";
import { biasOf } from "./convolution_primitive.ts";

/** Transposed convolution; its padding is the cropping. */
export const deconv: Lower<"deconv"> = (step, lowering) => {
  const { session, tensors } = lowering;
  const [x, weight, bias] = step.inputs;
  const { stride, padBefore, padAfter } = step.attributes;
  const source = tensors.activation(x);
  const destination = tensors.activation(step.output);
  const shift = bias === undefined ? undefined : biasOf(tensors.vector(bias, 2));
  // (C, O, ...) in the model, (O, C, ...) for the library: the same memory, two strides swapped
  const given = rowMajor("f32", tensors.shape(weight));
  const swap = ([c, o, ...rest]: readonly number[]) => [o, c, ...rest];
  const layout = { ...given, dims: swap(given.dims), strides: swap(given.strides) };
  using stack = new DisposableStack();
  const sourceMd = stack.use(session.descriptor(source));
  const weightsMd = stack.use(session.anyLayout(tensors.type, layout.dims));
  const biasMd = shift && stack.use(session.descriptor(shift));
  const destinationMd = stack.use(session.descriptor(destination));
  lowering.emitStep(step, {
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
        dimensions(stride),
        dimensions([]),
        dimensions(padBefore),
        dimensions(padAfter),
        attributes,
      ),
    bind: (descriptor): Argument[] => [
      [ARGUMENT.source, lowering.memory(source)],
      [ARGUMENT.weights, tensors.pack(() => tensors.parameter(weight), layout, descriptor.weights)],
      ...(shift ? [[ARGUMENT.bias, lowering.memory(shift)] as const] : []),
      [ARGUMENT.destination, lowering.memory(destination)],
    ],
  }, "any");
};
