/**
 * Normalisation with given statistics, softmax, and normalisation of each sample by itself.
 *
 * @module
 */

import { viewOf } from "../../../base/dtypes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import { allocateBuffer, type Buffer } from "../../buffers.ts";
import {
  ALGORITHM,
  ARGUMENT,
  FORWARD_INFERENCE,
  FORWARD_TRAINING,
  NORMALIZATION,
} from "../constants.ts";
import type { Argument } from "../execution.ts";
import type { Handle } from "../handles.ts";
import { poolStatistics } from "../loops.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { asColumns, BYTES, columnFold, rowMajor, sample, type View } from "../views.ts";
import { biasOf } from "./convolution_primitive.ts";

/** With statistics that are given, and gamma and beta. */
const GIVEN = NORMALIZATION.useGlobalStatistics | NORMALIZATION.useScale | NORMALIZATION.useShift;

/** y = gamma * (x - mean) / sqrt(variance + epsilon) + beta. */
export const batch_norm: Lower<"batch_norm"> = (step, lowering) => {
  const { tensors } = lowering;
  const [x, gamma, beta, mean, variance] = step.inputs;
  const { epsilon } = step.attributes;
  emit(step.name, lowering, FORWARD_INFERENCE, epsilon, GIVEN, tensors.activation(x), [
    [ARGUMENT.destination, lowering.memory(tensors.activation(step.output))],
    [ARGUMENT.scale, vector(gamma, lowering)],
    [ARGUMENT.shift, vector(beta, lowering)],
    [ARGUMENT.mean, vector(mean, lowering)],
    [ARGUMENT.variance, vector(variance, lowering)],
  ]);
};

/**
 * A batch norm of each sample, whose statistics are then its own.
 *
 * The library adds up a channel in single precision, voxel after voxel: over half a million of them
 * the variance is off by 3e-5. So voxels are seen as channels, the statistics of these short columns
 * are joined in double precision, and a second call normalises.
 */
export const instance_norm: Lower<"instance_norm"> = (step, lowering) => {
  const { tensors } = lowering;
  const { name, attributes: { epsilon }, inputs: [x, gamma, beta] } = step;
  const source = tensors.activation(x);
  const destination = tensors.activation(step.output);
  const channels = source.dims[1];
  const fold = columnFold(source);
  const [mean, variance] = [0, 1].map(() => allocateBuffer(channels * fold * BYTES.f32));
  const statistics: readonly Argument[] = [
    [ARGUMENT.mean, lowering.memory(vectorAt(mean, channels * fold))],
    [ARGUMENT.variance, lowering.memory(vectorAt(variance, channels * fold))],
  ];
  const join = poolStatistics(floats(mean), floats(variance), channels);
  for (let n = 0; n < source.dims[0]; n++) {
    const columns = asColumns(sample(source, n), fold);
    const to = lowering.memory(asColumns(sample(destination, n), fold));
    const written: Argument = [ARGUMENT.destination, to];
    emit(name, lowering, FORWARD_TRAINING, epsilon, 0, columns, [written, ...statistics]);
    lowering.loop(join);
    emit(name, lowering, FORWARD_INFERENCE, epsilon, GIVEN, columns, [
      written,
      ...statistics,
      [ARGUMENT.scale, vector(gamma, lowering, fold)],
      [ARGUMENT.shift, vector(beta, lowering, fold)],
    ]);
  }
};

function vectorAt({ address }: Buffer, length: number): View {
  return { ...rowMajor("f32", [length]), address };
}

function floats({ bytes }: Buffer): Float32Array {
  return viewOf("f32", bytes.buffer, bytes.byteOffset, bytes.length / BYTES.f32);
}

function vector(id: ValueId, lowering: Lowering, fold = 1): Handle {
  return lowering.memory(biasOf(lowering.tensors.vector(id, 2, fold)));
}

function emit(
  context: string,
  lowering: Lowering,
  propagation: number,
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
        propagation,
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
