/**
 * The Xception encoder (Chollet 2017) with Keras's paddings, up to block 13's last batch norm.
 *
 * @module
 */

import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";
import { uniformWindow, type WindowAttributes } from "../graph/windowed.ts";

/** Keras's epsilon of a batch norm. */
export const KERAS_EPSILON = 1e-3;

/** Settings of the encoder. */
export interface XceptionSettings {
  /** Channels: two of block 1, then those of blocks 2, 3, 4 and of the end. */
  readonly widths: readonly number[];
  /** Middle blocks. */
  readonly middle: number;
}

/** Outputs of the encoder, before pooling. For input n: sizes n/2 - 3, n/4 - 1, n/8, n/16. */
export interface XceptionOutputs {
  /** Of blocks 2, 3 and 4. */
  readonly skips: readonly [ValueId, ValueId, ValueId];
  /** Of the last separable convolution. */
  readonly last: ValueId;
}

/** Builds the encoder on x (N, C, H, W). */
export function xception(
  b: GraphBuilder,
  x: ValueId,
  { widths, middle }: XceptionSettings,
): XceptionOutputs {
  const [e0, e1, e2, e3, e4, e5] = widths;
  let h = x;
  // "valid" convolutions: 512 -> 255 -> 253
  for (const [i, channels, stride] of [[1, e0, 2], [2, e1, 1]]) {
    h = b.conv(`b1_conv${i}`, h, { channels, bias: false, ...uniformWindow(2, 3, stride) });
    h = b.batchNorm(`b1_bn${i}`, h, KERAS_EPSILON);
    h = relu(b, `b1_act${i}`, h);
  }
  const [h2, skip2] = entryBlock(b, "b2", h, e2, false);
  const [h3, skip3] = entryBlock(b, "b3", h2, e3, true);
  const [h4, skip4] = entryBlock(b, "b4", h3, e4, true);
  h = h4;
  for (let block = 5; block < 5 + middle; block++) h = middleBlock(b, `b${block}`, h);
  h = separable(b, "b13_sep1", relu(b, "b13_act1", h), e4);
  h = separable(b, "b13_sep2", relu(b, "b13_act2", h), e5);
  return { skips: [skip2, skip3, skip4], last: h };
}

/** The block's output and its skip, which is the output before pooling and the residual sum. */
function entryBlock(
  b: GraphBuilder,
  name: string,
  x: ValueId,
  channels: number,
  actsFirst: boolean,
): [ValueId, ValueId] {
  const h = separable(b, `${name}.sep1`, actsFirst ? relu(b, `${name}.act1`, x) : x, channels);
  const skip = separable(b, `${name}.sep2`, relu(b, `${name}.act2`, h), channels);
  // pooled before the residual is made, so that the sum can be the residual's epilogue
  const pooled = b.apply("max_pool", `${name}.pool.pool`, [skip], samePool(b.shape(skip)[2]));
  const residual = b.conv(`${name}.res`, x, { channels, bias: false, ...uniformWindow(2, 1, 2) });
  const normalised = b.batchNorm(`${name}.res_bn`, residual, KERAS_EPSILON);
  return [b.apply("add", `${name}.add`, [pooled, normalised], {}), skip];
}

function middleBlock(b: GraphBuilder, name: string, x: ValueId): ValueId {
  let h = x;
  for (const i of [1, 2, 3]) {
    h = separable(b, `${name}.sep${i}`, relu(b, `${name}.act${i}`, h), b.channels(x));
  }
  return b.apply("add", `${name}.add`, [h, x], {});
}

/** Depthwise 3x3, pointwise 1x1, batch norm: no biases. */
function separable(b: GraphBuilder, name: string, x: ValueId, channels: number): ValueId {
  const own = b.channels(x);
  const depthwise = { channels: own, groups: own, bias: false, ...uniformWindow(2, 3, 1, 1) };
  const h = b.conv(`${name}.dw`, x, depthwise);
  const y = b.conv(`${name}.pw`, h, { channels, bias: false, ...uniformWindow(2, 1) });
  return b.batchNorm(`${name}.bn`, y, KERAS_EPSILON);
}

function relu(b: GraphBuilder, name: string, x: ValueId): ValueId {
  return b.apply("relu", name, [x], {});
}

/** TensorFlow's `same` for a 3x3 window of stride 2: what is missing goes before, rounded down. */
function samePool(size: number): WindowAttributes {
  const missing = Math.max((Math.ceil(size / 2) - 1) * 2 + 3 - size, 0);
  const before = Math.floor(missing / 2);
  const after = missing - before;
  return { ...uniformWindow(2, 3, 2), padBefore: [before, before], padAfter: [after, after] };
}
