/**
 * The definition of every op: one entry each, or this does not compile.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import type { OpAttributes, OpName } from "../../../graph/ops/mod.ts";
import { type Field, field, type Numbers } from "../field.ts";
import * as convolution from "./convolution.ts";
import * as convolutionBackward from "./convolution_backward.ts";
import * as gradients from "./gradients.ts";
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

/** The statistics that a normalisation is given. */
const seen = (mean: Operand, variance: Operand, epsilon: number): gradients.Statistics => ({
  mean: see(mean),
  variance: see(variance),
  epsilon,
});

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
    pointwise.scaleShift(see(x), scale.data, shift?.data, see(y)),
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
  affine: ([x], y, { scale, shift }) => pointwise.map(see(x), see(y), (v) => scale * v + shift),
  reciprocal: ([x], y) => pointwise.map(see(x), see(y), (v) => 1 / v),
  softplus: ([x], y) =>
    pointwise.map(see(x), see(y), (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))),
  sum: ([x], y) => pointwise.total(see(x), see(y), (i) => x.data[i]),
  expand: ([x], y) => pointwise.expand(see(x), see(y)),
  channel_slice: ([x], y, { first }) => pointwise.channelSlice(see(x), see(y), first),
  crop: ([x], y, attributes) => spatial.crop(see(x), see(y), attributes),
  variance: ([x, mean], y) => gradients.variance(see(x), see(mean), see(y)),
  normalise: ([x, mean, variance, gamma, beta], y, { epsilon }) =>
    gradients.normalise(see(x), seen(mean, variance, epsilon), gamma.data, beta.data, see(y)),
  normalise_backward: ([x, mean, variance, gamma, dy], dx, { epsilon }) =>
    gradients.normaliseBackward(
      see(x),
      seen(mean, variance, epsilon),
      gamma.data,
      see(dy),
      see(dx),
    ),
  normalise_backward_scale: ([x, mean, variance, dy], y, { epsilon }) =>
    gradients.normaliseBackwardScale(see(x), seen(mean, variance, epsilon), see(dy), see(y)),
  conv_backward_data: ([dy, weight], dx, attributes) =>
    convolutionBackward.convBackwardData(see(dy), weight.data, see(dx), attributes),
  conv_backward_weights: ([x, dy], dw, attributes) =>
    convolutionBackward.convBackwardWeights(see(x), see(dy), see(dw), attributes),
  max_pool_backward: ([x, dy], dx, attributes) =>
    gradients.maxPoolBackward(see(x), see(dy), see(dx), attributes),
  channel_max_backward: ([x, dy], dx) => gradients.channelMaxBackward(see(x), see(dy), see(dx)),
  leaky_relu_backward: ([y, dy], dx, { slope }) =>
    pointwise.zip(see(y), see(dy), see(dx), (v, d) => (v > 0 ? d : slope * d)),
  prelu_backward_data: ([x, slope, dy], dx) =>
    gradients.preluBackwardData(see(x), slope.data, slope.shape, see(dy), see(dx)),
  prelu_backward_slope: ([x, dy], y) =>
    pointwise.total(see(x), see(y), (i) => dy.data[i] * Math.min(x.data[i], 0)),
};
