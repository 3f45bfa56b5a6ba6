/**
 * The definition of every op: one entry each, or this does not compile.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import type { OpAttributes, OpName } from "../../../graph/ops/mod.ts";
import { type Field, field, type Numbers } from "../field.ts";
import * as convolution from "./convolution.ts";
import * as pointwise from "./pointwise.ts";
import * as spatial from "./spatial.ts";

/** An operand of a kernel. */
export interface Operand {
  /** Its elements; activations are channels-last, parameters as PyTorch stores them. */
  readonly data: Numbers;
  /** Its logical shape. */
  readonly shape: Shape;
}

/** Runs one op. */
export type Kernel<K extends OpName> = (
  inputs: readonly Operand[],
  output: Operand,
  attributes: OpAttributes[K],
) => void;

const see = ({ data, shape }: Operand): Field => field(data, shape);

/** Kernels by op. */
export const KERNELS: { readonly [K in OpName]: Kernel<K> } = {
  add: ([a, b], y) => pointwise.zip(see(a), see(b), see(y), (p, q) => p + q),
  mul: ([a, b], y) => pointwise.zip(see(a), see(b), see(y), (p, q) => p * q),
  relu: ([x], y) => pointwise.map(see(x), see(y), (v) => Math.max(v, 0)),
  leaky_relu: ([x], y, { slope }) => pointwise.map(see(x), see(y), (v) => (v > 0 ? v : slope * v)),
  elu: ([x], y) => pointwise.map(see(x), see(y), (v) => (v > 0 ? v : Math.expm1(v))),
  sigmoid: ([x], y) => pointwise.map(see(x), see(y), (v) => 1 / (1 + Math.exp(-v))),
  softmax: ([x], y) => pointwise.softmax(see(x), see(y)),
  prelu: ([x, slope], y) => pointwise.prelu(see(x), slope.data, slope.shape, see(y)),
  scale_shift: ([x, scale, shift], y) =>
    pointwise.scaleShift(see(x), scale.data, shift.data, see(y)),
  tile: ([x], y) => pointwise.tile(see(x), see(y)),
  concat: (inputs, y) => pointwise.concat(inputs.map(see), see(y)),
  conv: ([x, weight, bias], y, attributes) =>
    convolution.conv(see(x), weight.data, bias?.data, see(y), attributes),
  deconv: ([x, weight, bias], y, attributes) =>
    convolution.deconv(see(x), weight.data, bias?.data, see(y), attributes),
  linear: ([x, weight, bias], y) => convolution.linear(see(x), weight.data, bias?.data, see(y)),
  pad: ([x], y, attributes) => spatial.pad(see(x), see(y), attributes),
  max_pool: ([x], y, attributes) => spatial.maxPool(see(x), see(y), attributes),
  global_avg_pool: ([x], y) => spatial.globalPool(see(x), see(y), spatial.mean),
  global_max_pool: ([x], y) => spatial.globalPool(see(x), see(y), spatial.maximum),
  channel_mean: ([x], y) => spatial.channelPool(see(x), see(y), spatial.mean),
  channel_max: ([x], y) => spatial.channelPool(see(x), see(y), spatial.maximum),
  batch_norm: ([x, ...parameters], y, { epsilon }) =>
    spatial.batchNorm(see(x), parameters.map(({ data }) => data), see(y), epsilon),
  instance_norm: ([x, gamma, beta], y, { epsilon }) =>
    spatial.instanceNorm(see(x), gamma.data, beta.data, see(y), epsilon),
};
