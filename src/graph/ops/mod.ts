/**
 * Every op: the one list that graphs, plans and kernel tables are keyed by.
 *
 * @module
 */

import { add } from "./add.ts";
import { affine } from "./affine.ts";
import { batch_norm } from "./batch_norm.ts";
import { channel_max } from "./channel_max.ts";
import { channel_mean } from "./channel_mean.ts";
import { channel_slice } from "./channel_slice.ts";
import { concat } from "./concat.ts";
import { conv } from "./conv.ts";
import { conv_backward_data, conv_backward_weights } from "./conv_backward.ts";
import { crop } from "./crop.ts";
import { deconv } from "./deconv.ts";
import { elu } from "./elu.ts";
import { expand } from "./expand.ts";
import { global_avg_pool } from "./global_avg_pool.ts";
import { global_max_pool } from "./global_max_pool.ts";
import { instance_norm } from "./instance_norm.ts";
import { leaky_relu } from "./leaky_relu.ts";
import { linear } from "./linear.ts";
import { channel_max_backward, max_pool_backward } from "./max_backward.ts";
import { max_pool } from "./max_pool.ts";
import { mul } from "./mul.ts";
import { normalise, normalise_backward, normalise_backward_scale } from "./normalise.ts";
import { pad } from "./pad.ts";
import { prelu } from "./prelu.ts";
import { reciprocal } from "./reciprocal.ts";
import {
  leaky_relu_backward,
  prelu_backward_data,
  prelu_backward_slope,
} from "./rectifier_backward.ts";
import { relu } from "./relu.ts";
import { scale_shift } from "./scale_shift.ts";
import { sigmoid } from "./sigmoid.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
import { sum } from "./sum.ts";
import { tile } from "./tile.ts";
import { variance } from "./variance.ts";
import type { Op } from "../op.ts";

/** All ops by name. */
export const OPS = {
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
} as const;

/** Name of an op. */
export type OpName = keyof typeof OPS;

/** Attributes of each op. */
export type OpAttributes = {
  readonly [K in OpName]: (typeof OPS)[K] extends Op<infer A> ? A : never;
};
