/**
 * Normalisation with given statistics, softmax, and normalisation of each sample by itself.
 *
 * @module
 */

import type { ValueId } from "../../../graph/graph.ts";
import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE, NORMALIZATION } from "../constants.ts";
import type { Argument } from "../execution.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { sample, type View } from "../views.ts";
import { biasOf } from "./convolution.ts";

const AFFINE = NORMALIZATION.useScale | NORMALIZATION.useShift;

/** y = gamma * (x - mean) / sqrt(variance + epsilon) + beta. */
export const batch_norm: Lower<"batch_norm"> = (step, lowering) => {
  const { tensors } = lowering;
  const [x, gamma, beta, mean, variance] = step.inputs;
  const flags = AFFINE | NORMALIZATION.useGlobalStatistics;
  emit(step.name, lowering, step.attributes.epsilon, flags, tensors.activation(x), [
    [ARGUMENT.destination, lowering.memory(tensors.activation(step.output))],
    [ARGUMENT.scale, vector(gamma, lowering)],
    [ARGUMENT.shift, vector(beta, lowering)],
    [ARGUMENT.mean, vector(mean, lowering)],
    [ARGUMENT.variance, vector(variance, lowering)],
  ]);
};

/** A batch norm of each sample, whose statistics are then its own. */
export const instance_norm: Lower<"instance_norm"> = (step, lowering) => {
  const { tensors } = lowering;
  const [x, gamma, beta] = step.inputs;
  const source = tensors.activation(x);
  const destination = tensors.activation(step.output);
  for (let n = 0; n < source.dims[0]; n++) {
    emit(step.name, lowering, step.attributes.epsilon, AFFINE, sample(source, n), [
      [ARGUMENT.destination, lowering.memory(sample(destination, n))],
      [ARGUMENT.scale, vector(gamma, lowering)],
      [ARGUMENT.shift, vector(beta, lowering)],
    ]);
  }
};

function vector(id: ValueId, lowering: Lowering) {
  return lowering.memory(biasOf(lowering.tensors.vector(id, 2)));
}

function emit(
  context: string,
  lowering: Lowering,
  epsilon: number,
  flags: number,
  source: View,
  args: readonly Argument[],
): void {
  const { session } = lowering;
  using layout = session.descriptor(source);
  lowering.emit({
    context,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_batch_normalization_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_INFERENCE,
        layout.id,
        layout.id,
        epsilon,
        flags,
        attributes,
      ),
    bind: () => [[ARGUMENT.source, lowering.memory(source)], ...args],
  });
}

/** y[c] = exp(x[c]) / sum over k of exp(x[k]). */
export const softmax: Lower<"softmax"> = (step, lowering) => {
  const { session, tensors } = lowering;
  const source = tensors.activation(step.inputs[0]);
  using layout = session.descriptor(source);
  lowering.emit({
    context: step.name,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_softmax_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_INFERENCE,
        ALGORITHM.softmax_accurate,
        layout.id,
        layout.id,
        1,
        attributes,
      ),
    bind: () => [
      [ARGUMENT.source, lowering.memory(source)],
      [ARGUMENT.destination, lowering.memory(tensors.activation(step.output))],
    ],
  });
};
