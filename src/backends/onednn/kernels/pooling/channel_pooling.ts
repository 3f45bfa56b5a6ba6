/**
 * Maxima and means over the channels.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import type { OpName } from "../../../../graph/ops/mod.ts";
import type { StepOf } from "../../../../plan/plan.ts";
import { fromBf16, toBf16 } from "../../../../tensor/tensor.ts";
import { channelsLast, rowMajor } from "../../library/layout.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { range } from "../../lowering/pieces.ts";
import type { Place } from "../../memory/tensors.ts";
import { asMatrix } from "../../memory/views.ts";
import { emitMove } from "../copies/layout_copy.ts";
import { emitMatmul } from "../matmul/matmul.ts";
import { emitPooling, type PoolingAlgorithm, wholeWindow } from "./pooling_primitive.ts";

/** Slot of the temporary that holds the maxima of vectors. */
const LEFT = 1;

/** Mean over the channels: a product with a column of 1 / C, where the element type holds that. */
export const channel_mean: Lower<"channel_mean"> = (step, lowering) => {
  const { tensors } = lowering;
  const source = asMatrix(tensors.activation(step.inputs[0]));
  const { type, dims: [voxels, channels] } = source;
  const share = 1 / channels;
  if (type === "bf16" && fromBf16(toBf16(share)) !== share) {
    const mean = "pooling_avg_exclude_padding";
    return poolChannels(step, lowering, mean, lowering.place(source));
  }
  const shares = lowering.matrix(range(channels).map(() => [share]), type);
  const means = { ...tensors.activation(step.output), ...rowMajor(type, [voxels, 1]) };
  emitMatmul(step.name, lowering, source, shares, lowering.place(means));
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
  const given = lowering.place({ ...source, ...images[0] });
  const window = { ...wholeWindow([1, vectors]), stride: [1, vectors] };
  emitPooling(
    step.name,
    lowering,
    "pooling_max",
    window,
    given,
    lowering.temporary(images[1], LEFT),
  );
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
  const image = lowering.temporary(channelsLast(type, [1, voxels, channels, 1]));
  const pooled = { ...tensors.activation(step.output), ...channelsLast(type, [1, voxels, 1, 1]) };
  const window = wholeWindow([channels, 1]);
  emitPooling(step.name, lowering, algorithm, window, image, lowering.place(pooled));
}
