/**
 * Normalisation with given statistics, softmax, and normalisation of each sample by itself.
 *
 * @module
 */

import type { ValueId } from "../../../graph/graph.ts";
import {
  ALGORITHM,
  ARGUMENT,
  FORWARD_INFERENCE,
  FORWARD_TRAINING,
  NORMALIZATION,
} from "../constants.ts";
import type { Argument } from "../execution.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { meansOf, numbers, piecesOf, variancesOf } from "../statistics.ts";
import { asRows, BYTES, rowMajor, rowsAsImage, sample, type View } from "../views.ts";
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
  const [samples, channels] = source.dims;
  const [rows, lanes] = asRows(sample(source, 0)).dims;
  const [scale, shift] = [gamma, beta].map((id) =>
    lowering.memory(biasOf(tensors.vector(id, 2, lanes / channels)))
  );
  for (let n = 0; n < samples; n++) {
    const matrix = asRows(sample(source, n));
    const statistics = emitStatistics(step.name, lowering, matrix, channels);
    const y = rowsAsImage(asRows(sample(destination, n)), 0, rows);
    const flags = AFFINE | NORMALIZATION.useGlobalStatistics;
    emit(step.name, lowering, step.attributes.epsilon, flags, rowsAsImage(matrix, 0, rows), [
      [ARGUMENT.destination, lowering.memory(y)],
      [ARGUMENT.scale, scale],
      [ARGUMENT.shift, shift],
      ...statistics,
    ]);
  }
};

/** Emits what computes mean and variance of a channel, and gives them a lane. */
function emitStatistics(
  context: string,
  lowering: Lowering,
  matrix: View,
  channels: number,
): Argument[] {
  const [rows, lanes] = matrix.dims;
  const pieces = piecesOf(rows);
  const places = [ARGUMENT.mean, ARGUMENT.variance].map((argument) => {
    const [parts, address] = numbers("f32", pieces.length * lanes);
    const [whole, wholeAddress] = numbers("f32", lanes);
    const memory = lowering.memory({ ...rowMajor("f32", [lanes]), address: wholeAddress });
    return { argument, parts, address, whole, memory };
  });
  pieces.forEach(({ first, count }, i) => {
    const image = rowsAsImage(matrix, first, count);
    // normalised by its own statistics a piece is of no use, but the library writes it anyway
    const unused = lowering.temporary(image);
    const address = (start: bigint) => start + BigInt(i * lanes * BYTES.f32);
    emit(context, lowering, 1, 0, image, [
      [ARGUMENT.destination, unused.memory],
      ...places.map(({ argument, address: start }): Argument => [
        argument,
        lowering.memory({ ...rowMajor("f32", [lanes]), address: address(start) }),
      ]),
    ], FORWARD_TRAINING);
  });
  const [mean, variance] = places;
  lowering.loop(() => {
    const means = meansOf(mean.parts, pieces, channels);
    const variances = variancesOf(variance.parts, mean.parts, pieces, means);
    for (let lane = 0; lane < lanes; lane++) {
      mean.whole[lane] = means[lane % channels];
      variance.whole[lane] = variances[lane % channels];
    }
  });
  return places.map(({ argument, memory }): Argument => [argument, memory]);
}

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
  purpose = FORWARD_INFERENCE,
): void {
  const { session } = lowering;
  using layout = session.descriptor(source);
  lowering.emit({
    context,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_batch_normalization_forward_primitive_desc_create(
        out,
        session.engine,
        purpose,
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
