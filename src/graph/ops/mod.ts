/**
 * Every op: the one list that graphs, plans and kernel tables are keyed by.
 *
 * @module
 */

import { add } from "./add.ts";
import { batch_norm } from "./batch_norm.ts";
import { channel_max } from "./channel_max.ts";
import { channel_mean } from "./channel_mean.ts";
import { concat } from "./concat.ts";
import { conv } from "./conv.ts";
import { deconv } from "./deconv.ts";
import { elu } from "./elu.ts";
import { global_avg_pool } from "./global_avg_pool.ts";
import { global_max_pool } from "./global_max_pool.ts";
import { instance_norm } from "./instance_norm.ts";
import { leaky_relu } from "./leaky_relu.ts";
import { linear } from "./linear.ts";
import { max_pool } from "./max_pool.ts";
import { mul } from "./mul.ts";
import { pad } from "./pad.ts";
import { prelu } from "./prelu.ts";
import { relu } from "./relu.ts";
import { scale_shift } from "./scale_shift.ts";
import { sigmoid } from "./sigmoid.ts";
import { softmax } from "./softmax.ts";
import { tile } from "./tile.ts";
import type { Op } from "../op.ts";

/** All ops by name. */
export const OPS = {
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
} as const;

/** Name of an op. */
export type OpName = keyof typeof OPS;

/** Attributes of each op. */
export type OpAttributes = {
  readonly [K in OpName]: (typeof OPS)[K] extends Op<infer A> ? A : never;
};
