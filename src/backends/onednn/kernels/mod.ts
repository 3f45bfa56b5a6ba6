/**
 * How every op runs on oneDNN: one entry each, or this does not compile.
 *
 * @module
 */

import type { Kernels } from "../lowering/lowering.ts";
import { conv, linear } from "./convolution/convolution.ts";
import { conv_backward_data, conv_backward_weights } from "./convolution/convolution_backward.ts";
import { deconv } from "./convolution/deconvolution.ts";
import { crop, pad } from "./copies/borders.ts";
import { channel_slice, concat, tile } from "./copies/channels.ts";
import { expand } from "./matmul/expand.ts";
import { sum } from "./matmul/sum.ts";
import { normalise, variance } from "./normalization/batch_statistics.ts";
import {
  normalise_backward,
  normalise_backward_scale,
} from "./normalization/batch_statistics_backward.ts";
import { batch_norm, instance_norm } from "./normalization/norm_inference.ts";
import {
  affine,
  elu,
  leaky_relu,
  reciprocal,
  relu,
  scale_shift,
  sigmoid,
  softplus,
} from "./pointwise/activations.ts";
import { add, mul } from "./pointwise/binary.ts";
import { prelu } from "./pointwise/prelu.ts";
import {
  leaky_relu_backward,
  prelu_backward_data,
  prelu_backward_slope,
} from "./pointwise/rectifiers_backward.ts";
import { softmax } from "./pointwise/softmax.ts";
import { channel_max, channel_mean } from "./pooling/channel_pooling.ts";
import { channel_max_backward, max_pool_backward } from "./pooling/maxima_backward.ts";
import { global_avg_pool, global_max_pool, max_pool } from "./pooling/pooling.ts";

/** Kernels by op. */
export const KERNELS: Kernels = {
  add,
  affine,
  batch_norm,
  channel_max,
  channel_max_backward,
  channel_mean,
  channel_slice,
  concat,
  conv,
  conv_backward_data,
  conv_backward_weights,
  crop,
  deconv,
  elu,
  expand,
  global_avg_pool,
  global_max_pool,
  instance_norm,
  leaky_relu,
  leaky_relu_backward,
  linear,
  max_pool,
  max_pool_backward,
  mul,
  normalise,
  normalise_backward,
  normalise_backward_scale,
  pad,
  prelu,
  prelu_backward_data,
  prelu_backward_slope,
  reciprocal,
  relu,
  scale_shift,
  sigmoid,
  softmax,
  softplus,
  sum,
  tile,
  variance,
};
