/**
 * Maxima and means: over windows, over all voxels, over the channels. The library's maxima pass over
 * NaN, where the definition gives NaN.
 *
 * @module
 */

import { elements } from "../../../base/shapes.ts";
import type { OpName } from "../../../graph/ops/mod.ts";
import type { WindowAttributes } from "../../../graph/windowed.ts";
import type { StepOf } from "../../../plan/plan.ts";
import { ALGORITHM, ARGUMENT, FORWARD_INFERENCE } from "../constants.ts";
import type { Handle } from "../handles.ts";
import type { Lower, Lowering, Place } from "../lowering.ts";
import { dimensions } from "../session.ts";
import { asColumns, asMatrix, channelsLast, columnFold, type Layout, rowMajor } from "../views.ts";
import { emitMove } from "./copies.ts";
import { emitProduct } from "./products.ts";

/** Slot of the temporary that holds the maxima of vectors. */
const LEFT = 1;

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

/**
 * Mean over all voxels: of the columns first, then of their means. In one go the library adds up
 * voxel after voxel in single precision, which is off by 1e-5 over 512x512.
 */
export const global_avg_pool: Lower<"global_avg_pool"> = (
  { name, inputs: [x], output },
  lowering,
) => {
  const { tensors } = lowering;
  const source = tensors.activation(x);
  const destination = tensors.activation(output);
  const fold = columnFold(source);
  const columns = asColumns(source, fold);
  const [samples, channels] = source.dims;
  const means = lowering.temporary(channelsLast(source.type, [samples, channels * fold, 1, 1]));
  const image = lowering.temporary(channelsLast(source.type, [samples, channels, fold, 1]));
  const mean = "pooling_avg_exclude_padding";
  emit(name, lowering, mean, whole(columns.dims.slice(2)), columns, means.layout, {
    source: lowering.memory(columns),
    destination: means.memory,
  });
  const pooled = { ...destination, ...channelsLast(source.type, [samples, channels, 1, 1]) };
  emit(name, lowering, mean, whole([fold, 1]), image.layout, pooled, {
    source: image.memory,
    destination: lowering.memory(pooled),
  });
};

/** Maximum over all voxels. */
export const global_max_pool: Lower<"global_max_pool"> = (step, lowering) => {
  const { tensors } = lowering;
  const [source, destination] = [step.inputs[0], step.output].map((id) => tensors.activation(id));
  const window = whole(source.dims.slice(2));
  emit(step.name, lowering, "pooling_max", window, source, destination, {
    source: lowering.memory(source),
    destination: lowering.memory(destination),
  });
};

/** Mean over the channels: a product with a column of 1 / C, which bf16 would round. */
export const channel_mean: Lower<"channel_mean"> = (step, lowering) => {
  const { tensors } = lowering;
  const source = asMatrix(tensors.activation(step.inputs[0]));
  if (tensors.type !== "f32") {
    const mean = "pooling_avg_exclude_padding";
    return poolChannels(step, lowering, mean, lowering.place(source));
  }
  const [voxels, channels] = source.dims;
  const shares = lowering.filled([channels, 1], 1 / channels);
  const means = { ...tensors.activation(step.output), ...rowMajor("f32", [voxels, 1]) };
  emitProduct(step.name, lowering, source, shares, lowering.place(means));
};

/** Channels of a vector of single precision: the library pools neighbours along W in these at once. */
const LANES = 8;

/**
 * Maximum over the channels: where they fill several vectors, of those first, so that less is
 * transposed.
 */
export const channel_max: Lower<"channel_max"> = (step, lowering) => {
  const { tensors } = lowering;
  const source = tensors.activation(step.inputs[0]);
  const [, channels, ...voxels] = source.dims;
  const vectors = channels / LANES;
  if (vectors === 1 || !Number.isInteger(vectors)) {
    return poolChannels(step, lowering, "pooling_max", lowering.place(asMatrix(source)));
  }
  const columns = voxels[voxels.length - 1];
  const rows = elements(source.dims) / channels / columns;
  const images = [columns * vectors, columns].map((width) =>
    channelsLast(source.type, [1, LANES, rows, width])
  );
  const [given, lanes] = [{ ...source, ...images[0] }, lowering.temporary(images[1], LEFT)];
  const window = { ...whole([1, vectors]), stride: [1, vectors] };
  emit(step.name, lowering, "pooling_max", window, given, lanes.layout, {
    source: lowering.memory(given),
    destination: lanes.memory,
  });
  const matrix = channelsLast(source.type, [rows * columns, LANES]);
  poolChannels(step, lowering, "pooling_max", lowering.temporary(matrix, LEFT));
};

/**
 * Pools over the channels: transposed, the voxels become the channels of an image of C x 1 voxels,
 * which is pooled whole. Directly, the pooling would use one lane of a vector.
 */
function poolChannels<K extends OpName>(
  step: StepOf<K>,
  lowering: Lowering,
  algorithm: PoolingAlgorithm,
  from: Place,
): void {
  const { tensors } = lowering;
  const { type, dims: [voxels, channels] } = from.layout;
  const transposed = lowering.temporary({ type, dims: from.layout.dims, strides: [1, voxels] });
  emitMove(step.name, lowering, from, transposed);
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
