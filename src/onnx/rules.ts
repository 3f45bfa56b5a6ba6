/**
 * What each op is in operators of ONNX.
 *
 * @module
 */

import type { Shape } from "../base/shapes.ts";
import type { WindowAttributes } from "../graph/windowed.ts";
import type { OpAttributes, OpName } from "../graph/ops/mod.ts";
import type { Attribute } from "./messages.ts";

/** A value that is read: its name and sizes. */
export interface Operand {
  /** Name in the file. */
  readonly name: string;
  /** Sizes. */
  readonly shape: Shape;
}

/** Writes nodes down. */
export interface Writer {
  /** Applies an operator and gives the name of what it makes. */
  apply(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): string;
  /** The name of a list of whole numbers. */
  integers(values: readonly number[]): string;
  /** The name of a number. */
  number(value: number): string;
}

/**
 * Writes an op down and gives the name of its output.
 *
 * @param output sizes of what it makes
 */
type Rule<K extends OpName> = (
  write: Writer,
  inputs: readonly Operand[],
  attributes: OpAttributes[K],
  output: Shape,
) => string;

/** An operator of the same meaning, with the same inputs. */
const plain = (
  operator: string,
  attributes: Readonly<Record<string, Attribute>> = {},
): Rule<OpName> =>
(write, inputs) => write.apply(operator, inputs.map(({ name }) => name), attributes);

/** Every op; null where only training uses it. */
export const RULES: { readonly [K in OpName]: Rule<K> | null } = {
  add: plain("Add"),
  affine: (write, [x], { scale, shift }) =>
    write.apply("Add", [
      write.apply("Mul", [x.name, write.number(scale)]),
      write.number(shift),
    ]),
  batch_norm: (write, inputs, { epsilon }) =>
    write.apply("BatchNormalization", names(inputs), { epsilon: { float: epsilon } }),
  channel_max: plain("ReduceMax", { axes: [1], keepdims: { int: 1 } }),
  channel_max_backward: null,
  channel_mean: plain("ReduceMean", { axes: [1], keepdims: { int: 1 } }),
  channel_slice: (write, [x], { first, channels }) =>
    slice(write, x, [1], [first], [first + channels]),
  concat: plain("Concat", { axis: { int: 1 } }),
  conv: (write, inputs, { groups, ...window }) =>
    write.apply("Conv", names(inputs), { ...windowed(window), group: { int: groups } }),
  conv_backward_data: null,
  conv_backward_weights: null,
  crop: (write, [x], { before, after }) =>
    slice(
      write,
      x,
      before.map((_, axis) => axis + 2),
      before,
      after.map((dropped, axis) => x.shape[axis + 2] - dropped),
    ),
  deconv: (write, inputs, window) => write.apply("ConvTranspose", names(inputs), windowed(window)),
  elu: plain("Elu", { alpha: { float: 1 } }),
  expand: (write, [x], { shape }) => write.apply("Expand", [x.name, write.integers(shape)]),
  global_avg_pool: plain("GlobalAveragePool"),
  global_max_pool: plain("GlobalMaxPool"),
  instance_norm: (write, inputs, { epsilon }) =>
    write.apply("InstanceNormalization", names(inputs), { epsilon: { float: epsilon } }),
  leaky_relu: (write, [x], { slope }) =>
    write.apply("LeakyRelu", [x.name], { alpha: { float: slope } }),
  leaky_relu_backward: null,
  // over spatial axes of size 1 a dense layer is a convolution of as many taps
  linear: (write, [x, weight, ...bias]) => {
    const kernel = x.shape.slice(2).map(() => 1);
    const taps = reshaped(write, weight, [...weight.shape, ...kernel]);
    return write.apply("Conv", [x.name, taps, ...names(bias)], { kernel_shape: kernel });
  },
  max_pool: (write, [x], window) => write.apply("MaxPool", [x.name], windowed(window)),
  max_pool_backward: null,
  mul: plain("Mul"),
  normalise: (write, [x, mean, variance, gamma, beta], { epsilon }) => {
    const deviation = write.apply("Sqrt", [
      write.apply("Add", [variance.name, write.number(epsilon)]),
    ]);
    const centred = write.apply("Sub", [x.name, mean.name]);
    const normal = write.apply("Div", [centred, deviation]);
    const scaled = write.apply("Mul", [normal, aChannel(write, gamma, x)]);
    return write.apply("Add", [scaled, aChannel(write, beta, x)]);
  },
  normalise_backward: null,
  normalise_backward_scale: null,
  pad: (write, [x], { before, after }) =>
    write.apply("Pad", [x.name, write.integers([0, 0, ...before, 0, 0, ...after])]),
  // slopes an element stand on the last axes already
  prelu: (write, [x, slope]) =>
    write.apply("PRelu", [
      x.name,
      slope.shape.length === 1 ? aChannel(write, slope, x) : slope.name,
    ]),
  prelu_backward_data: null,
  prelu_backward_slope: null,
  reciprocal: plain("Reciprocal"),
  relu: plain("Relu"),
  scale_shift: (write, [x, scale, shift]) => {
    const scaled = write.apply("Mul", [x.name, aChannel(write, scale, x)]);
    return shift ? write.apply("Add", [scaled, aChannel(write, shift, x)]) : scaled;
  },
  sigmoid: plain("Sigmoid"),
  softmax: plain("Softmax", { axis: { int: 1 } }),
  softplus: plain("Softplus"),
  sum: (write, [x], { axes }) =>
    write.apply("ReduceSum", [x.name, write.integers(axes)], { noop_with_empty_axes: { int: 1 } }),
  tile: (write, [x], _, output) =>
    write.apply("Tile", [x.name, write.integers(output.map((size, axis) => size / x.shape[axis]))]),
  variance: (write, [x, mean]) => {
    const axes = mean.shape.flatMap((size, axis) => size === 1 ? [axis] : []);
    const centred = write.apply("Sub", [x.name, mean.name]);
    return write.apply("ReduceMean", [write.apply("Mul", [centred, centred])], { axes });
  },
};

const names = (inputs: readonly Operand[]) => inputs.map(({ name }) => name);

function windowed(
  { kernel, stride, padBefore, padAfter }: WindowAttributes,
): Readonly<Record<string, Attribute>> {
  return { kernel_shape: kernel, strides: stride, pads: [...padBefore, ...padAfter] };
}

function slice(
  write: Writer,
  x: Operand,
  axes: readonly number[],
  from: readonly number[],
  to: readonly number[],
): string {
  return write.apply("Slice", [x.name, ...[from, to, axes].map((list) => write.integers(list))]);
}

function reshaped(write: Writer, { name }: Operand, shape: Shape): string {
  return write.apply("Reshape", [name, write.integers(shape)]);
}

/** A number a channel, with axes of size 1 for the places of x. */
function aChannel(write: Writer, operand: Operand, x: Operand): string {
  return reshaped(write, operand, [operand.shape[0], ...x.shape.slice(2).map(() => 1)]);
}
