/**
 * The gradient of every op: one entry each, or this does not compile.
 *
 * @module
 */

import type { OpName } from "../ops/mod.ts";
import { channel_slice, concat, crop, pad, tile } from "./copies.ts";
import type { Gradient, NotDifferentiable } from "./gradient.ts";
import {
  add,
  affine,
  elu,
  leaky_relu,
  mul,
  prelu,
  reciprocal,
  relu,
  scale_shift,
  sigmoid,
  softmax,
  softplus,
} from "./pointwise.ts";
import {
  channel_max,
  channel_mean,
  expand,
  global_avg_pool,
  instance_norm,
  normalise,
  sum,
  variance,
} from "./reductions.ts";
import { conv, deconv, global_max_pool, linear, max_pool } from "./windowed.ts";

const BACKWARD: NotDifferentiable = { reason: "it is part of a gradient itself" };

/** Gradients by op. */
export const GRADIENTS: { readonly [K in OpName]: Gradient<K> } = {
  add,
  affine,
  batch_norm: {
    reason: "its statistics are constants: make the graph one for training, which takes them " +
      "from the batch",
  },
  channel_max,
  channel_max_backward: BACKWARD,
  channel_mean,
  channel_slice,
  concat,
  conv,
  conv_backward_data: BACKWARD,
  conv_backward_weights: BACKWARD,
  crop,
  deconv,
  elu,
  expand,
  global_avg_pool,
  global_max_pool,
  instance_norm,
  leaky_relu,
  leaky_relu_backward: BACKWARD,
  linear,
  max_pool,
  max_pool_backward: BACKWARD,
  mul,
  normalise,
  normalise_backward: BACKWARD,
  normalise_backward_scale: BACKWARD,
  pad,
  prelu,
  prelu_backward_data: BACKWARD,
  prelu_backward_slope: BACKWARD,
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
