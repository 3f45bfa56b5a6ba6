/**
 * How every op runs on oneDNN: one entry each, or this does not compile.
 *
 * @module
 */

import type { Kernels } from "../lowering.ts";
import { add, mul } from "./binary.ts";
import { conv, linear } from "./convolution.ts";
import { concat, pad, tile } from "./copies.ts";
import { deconv } from "./deconvolution.ts";
import { batch_norm, instance_norm, softmax } from "./normalization.ts";
import { elu, leaky_relu, relu, scale_shift, sigmoid } from "./pointwise.ts";
import {
  channel_max,
  channel_mean,
  global_avg_pool,
  global_max_pool,
  max_pool,
} from "./pooling.ts";
import { prelu } from "./prelu.ts";

/** Kernels by op. */
export const KERNELS: Kernels = {
  add,
  batch_norm,
  channel_max,
  channel_mean,
  concat,
  conv,
  deconv,
  elu,
  global_avg_pool,
  global_max_pool,
  instance_norm,
  leaky_relu,
  linear,
  max_pool,
  mul,
  pad,
  prelu,
  relu,
  scale_shift,
  sigmoid,
  softmax,
  tile,
};
