/**
 * Maxima and means: over windows, over all voxels, over the channels.
 *
 * @module
 */

import type { OpName } from "../../../graph/ops/mod.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import type { StepOf } from "../../../plan/plan.ts";
import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../constants.ts";
import type { Handle } from "../handles.ts";
import type { Lower, Lowering } from "../lowering.ts";
import { dimensions } from "../session.ts";
import {
  asMatrix,
  asRows,
  channelsLast,
  type Layout,
  rowsAsImage,
  sample,
  type View,
} from "../views.ts";
import { toBf16 } from "../../../tensor/tensor.ts";
import { meansOf, numbers, piecesOf } from "../statistics.ts";
import { emitCopy } from "./copies.ts";

type PoolingAlgorithm = "pooling_max" | "pooling_avg_exclude_padding";

/** Maximum over a sliding window. */
export const max_pool: Lower<"max_pool"> = (step, lowering) => {
  const { tensors } = lowering;
  const [source, destination] = [step.inputs[0], step.output].map((id) => tensors.activation(id));
  emit(step.name, lowering, "pooling_max", step.attributes, source, destination, {
    source: lowering.memory(source),
    destination: lowering.memory(destination),
  });
};

/** Mean over all voxels: the library's of a few rows each, and the mean of those in loops. */
export const global_avg_pool: Lower<"global_avg_pool"> = (step, lowering): void => {
  const { tensors } = lowering;
  const { type } = tensors;
  const source = tensors.activation(step.inputs[0]);
  const output = tensors.elements(step.output);
  const [samples, channels] = source.dims;
  const rows = asRows(sample(source, 0));
  const pieces = piecesOf(rows.dims[0]);
  const [means, address] = numbers(type, pieces.length * rows.dims[1]);
  const partial: View = {
    type,
    dims: [pieces.length, rows.dims[1]],
    strides: [rows.dims[1], 1],
    address,
  };
  // pieces of one size are the windows of one pooling
  const full = pieces.filter(({ count }) => count === pieces[0].count).length;
  for (let n = 0; n < samples; n++) {
    const matrix = asRows(sample(source, n));
    for (const [first, stop] of [[0, full], [full, pieces.length]]) {
      if (first === stop) continue;
      const { count } = pieces[first];
      const image = rowsAsImage(matrix, pieces[first].first, count * (stop - first));
      const pooled = rowsAsImage(partial, first, stop - first);
      const window = { ...whole([count, 1]), stride: [count, 1] };
      emit(step.name, lowering, "pooling_avg_exclude_padding", window, image, pooled, {
        source: lowering.memory(image),
        destination: lowering.memory(pooled),
      });
    }
    lowering.loop(() => {
      const mean = meansOf(means, pieces, channels);
      const stored = type === "bf16" ? mean.map(toBf16) : mean;
      output.set(stored, n * channels);
    });
  }
};

/** Maximum over all voxels. */
export const global_max_pool: Lower<"global_max_pool"> = (step, lowering): void => {
  const { tensors } = lowering;
  const [source, destination] = [step.inputs[0], step.output].map((id) => tensors.activation(id));
  emit(step.name, lowering, "pooling_max", whole(source.dims.slice(2)), source, destination, {
    source: lowering.memory(source),
    destination: lowering.memory(destination),
  });
};

/** Mean over the channels. */
export const channel_mean: Lower<"channel_mean"> = (step, lowering): void =>
  poolChannels(step, lowering, "pooling_avg_exclude_padding");

/** Maximum over the channels. */
export const channel_max: Lower<"channel_max"> = (step, lowering): void =>
  poolChannels(step, lowering, "pooling_max");

/**
 * Pools over the channels: transposed, the voxels become the channels of an image of C x 1 voxels,
 * which is pooled whole. Directly, the pooling would use one lane of a vector.
 */
function poolChannels<K extends OpName>(
  step: StepOf<K>,
  lowering: Lowering,
  algorithm: PoolingAlgorithm,
): void {
  const { tensors } = lowering;
  const { type } = tensors;
  const source = asMatrix(tensors.activation(step.inputs[0]));
  const [voxels, channels] = source.dims;
  const transposed = lowering.temporary({ type, dims: source.dims, strides: [1, voxels] });
  emitCopy(step.name, lowering, source, transposed);
  const image = channelsLast(type, [1, voxels, channels, 1]);
  const pooled = { ...tensors.activation(step.output), ...channelsLast(type, [1, voxels, 1, 1]) };
  emit(step.name, lowering, algorithm, whole([channels, 1]), image, pooled, {
    source: lowering.temporary(image).memory,
    destination: lowering.memory(pooled),
  });
}

/** One window that takes everything. */
function whole(kernel: readonly number[]): WindowAttributes {
  const zeros = kernel.map(() => 0);
  return { kernel, stride: kernel.map(() => 1), padBefore: zeros, padAfter: zeros };
}

function emit(
  context: string,
  lowering: Lowering,
  algorithm: PoolingAlgorithm,
  { kernel, stride, padBefore, padAfter }: WindowAttributes,
  source: Layout,
  destination: Layout,
  memories: { readonly source: Handle; readonly destination: Handle },
): void {
  const { session } = lowering;
  using sourceMd = session.descriptor(source);
  using destinationMd = session.descriptor(destination);
  lowering.emit({
    context,
    describe: (out, attributes) =>
      session.library.symbols.dnnl_pooling_forward_primitive_desc_create(
        out,
        session.engine,
        FORWARD_INFERENCE,
        ALGORITHM[algorithm],
        sourceMd.id,
        destinationMd.id,
        dimensions(stride),
        dimensions(kernel),
        dimensions([]),
        dimensions(padBefore),
        dimensions(padAfter),
        attributes,
      ),
    bind: () => [
      [ARGUMENT.source, memories.source],
      [ARGUMENT.destination, memories.destination],
    ],
  });
}
