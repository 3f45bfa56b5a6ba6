/**
 * How every op runs on oneDNN: one entry each, or this does not compile.
 *
 * @module
 */

import type { Kernels } from "../lowering.ts";
import { add, mul } from "./binary.ts";
import { conv, linear } from "./convolution.ts";
import { conv_backward_data, conv_backward_weights } from "./convolution_backward.ts";
import { channel_slice, concat, crop, pad, tile } from "./copies.ts";
import { deconv } from "./deconvolution.ts";
import { channel_max_backward, max_pool_backward } from "./maxima_backward.ts";
import { normalise, variance } from "./normalise.ts";
import { normalise_backward, normalise_backward_scale } from "./normalise_backward.ts";
import { batch_norm, instance_norm, softmax } from "./normalization.ts";
import {
  affine,
  elu,
  leaky_relu,
  reciprocal,
  relu,
  scale_shift,
  sigmoid,
  softplus,
} from "./pointwise.ts";
import {
  channel_max,
  channel_mean,
  global_avg_pool,
  global_max_pool,
  max_pool,
} from "./pooling.ts";
import { prelu } from "./prelu.ts";
import {
  leaky_relu_backward,
  prelu_backward_data,
  prelu_backward_slope,
} from "./rectifiers_backward.ts";
import { expand, sum } from "./sums.ts";

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
