/**
 * Normalisation with given statistics, and of each sample by its own.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import type { ValueId } from "../../../../graph/graph.ts";
import {
  ARGUMENT,
  FORWARD_INFERENCE,
  FORWARD_TRAINING,
  NORMALIZATION,
} from "../../library/constants.ts";
import type { Argument } from "../../library/execution.ts";
import type { Handle } from "../../library/handles.ts";
import type { View } from "../../library/layout.ts";
import { joinMoments, repeatChannels } from "../../loops/channels.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { squareRows } from "../../memory/rows.ts";
import { asRows, asVector, sample } from "../../memory/views.ts";

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
  const [source, destination] = [x, step.output].map((id) => tensors.activation(id));
  const [samples, channels, ...voxels] = source.dims;
  const fold = squareRows(elements(voxels), channels);
  const [mean, variance] = [0, 1].map(() => lowering.numbers([channels * fold]));
  const [means, variances] = [0, 1].map(() => new Float64Array(channels));
  const statistics: readonly Argument[] = [
    [ARGUMENT.mean, lowering.memory(mean.view)],
    [ARGUMENT.variance, lowering.memory(variance.view)],
  ];
  const join = () => {
    joinMoments(mean.data, variance.data, means, variances);
    repeatChannels(mean.data, channels, (c) => means[c]);
    repeatChannels(variance.data, channels, (c) => variances[c]);
  };
  for (let n = 0; n < samples; n++) {
    const rows = asRows(sample(source, n), fold);
    const to = lowering.memory(asRows(sample(destination, n), fold));
    const written: Argument = [ARGUMENT.destination, to];
    emit(name, lowering, FORWARD_TRAINING, epsilon, 0, rows, [written, ...statistics]);
    lowering.loop(join);
    emit(name, lowering, FORWARD_INFERENCE, epsilon, GIVEN, rows, [
      written,
      ...statistics,
      [ARGUMENT.scale, vector(gamma, lowering, fold)],
      [ARGUMENT.shift, vector(beta, lowering, fold)],
    ]);
  }
};

function vector(id: ValueId, lowering: Lowering, fold = 1): Handle {
  return lowering.memory(asVector(lowering.tensors.vector(id, 2, fold)));
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
