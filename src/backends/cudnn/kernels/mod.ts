/**
 * How every op is lowered: one entry each, or this does not compile.
 *
 * @module
 */

import { channelOp } from "./channel_ops.ts";
import * as copies from "./copies.ts";
import type { Kernels } from "./kernel.ts";
import * as norms from "./norms.ts";
import * as pointwise from "./pointwise.ts";
import * as reductions from "./reductions.ts";
import { maxPoolBackward, windowed } from "./sliding_windows.ts";

/** Kernels by op. */
export const KERNELS: Kernels = {
  add: pointwise.pointwise("add"),
  mul: pointwise.pointwise("mul"),
  relu: pointwise.pointwise("relu"),
  leaky_relu: pointwise.pointwise("leaky_relu"),
  elu: pointwise.pointwise("elu"),
  sigmoid: pointwise.pointwise("sigmoid"),
  prelu: pointwise.pointwise("prelu"),
  scale_shift: pointwise.pointwise("scale_shift"),
  affine: pointwise.unary(({ attributes: { scale, shift } }) => [
    { op: "affine", alpha: scale, beta: shift },
  ]),
  reciprocal: pointwise.unary(() => [{ op: "reciprocal" }]),
  softplus: pointwise.unary(() => [{ op: "softplus" }]),
  expand: pointwise.unary(() => []),
  batch_norm: pointwise.batchNorm,
  normalise: pointwise.normalise,
  leaky_relu_backward: pointwise.leakyReluBackward,
  prelu_backward_data: pointwise.preluBackwardData,
  tile: copies.tile,
  concat: copies.concat,
  channel_slice: copies.channelSlice,
  pad: copies.pad,
  crop: copies.crop,
  softmax: channelOp("softmax"),
  channel_mean: channelOp("channel_mean"),
  channel_max: channelOp("channel_max"),
  channel_max_backward: channelOp("channel_max_backward"),
  conv: windowed(),
  deconv: windowed(),
  linear: windowed(),
  conv_backward_data: windowed(),
  conv_backward_weights: windowed(),
  max_pool: windowed(),
  max_pool_backward: maxPoolBackward,
  global_avg_pool: reductions.globalPool("plain"),
  global_max_pool: reductions.globalPool("maximum"),
  sum: reductions.sum,
  prelu_backward_slope: reductions.preluBackwardSlope,
  variance: norms.variance,
  instance_norm: norms.instanceNorm,
  normalise_backward: norms.normaliseBackward,
  normalise_backward_scale: norms.normaliseBackwardScale,
};
