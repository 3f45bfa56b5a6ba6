/**
 * What `ops_bench.ts` times: the ops of the models at the sizes at which they meet them. A new case
 * is one line.
 *
 * @module
 */

import type { Shape } from "../../src/base/shapes.ts";
import { type GraphBuilder, uniformWindow, type ValueId } from "../../src/graph/mod.ts";
import { activate } from "../../src/models/activation.ts";
import { cbam } from "../../src/models/cbam.ts";
import { KERAS_EPSILON } from "../../src/models/xception.ts";

/** Applies what is timed to inputs. */
type Apply = (b: GraphBuilder, ...inputs: ValueId[]) => ValueId;

/** [family, what it is, inputs (N, C, ...), what is applied] */
export type MicroCase = readonly [string, string, readonly Shape[], Apply];

/** A convolution that keeps the size; 3-D or 2-D as its input is. */
const same = (channels: number, k: number): Apply => (b, x) =>
  b.conv("conv", x, { channels, ...uniformWindow(b.shape(x).length - 2, k, 1, (k - 1) / 2) });
const halving = (channels: number): Apply => (b, x) =>
  b.conv("conv", x, { channels, ...uniformWindow(3, 2, 2) });
const doubling = (channels: number): Apply => (b, x) =>
  b.deconv("deconv", x, { channels, ...uniformWindow(3, 2, 2) });
const keras = (channels: number): Apply => (b, x) =>
  b.deconv("deconv", x, { channels, ...uniformWindow(2, 3, 2), padAfter: [1, 1] });
const depthwise: Apply = (b, x) => {
  const channels = b.channels(x);
  return b.conv("conv", x, {
    channels,
    groups: channels,
    bias: false,
    ...uniformWindow(2, 3, 1, 1),
  });
};
const pool = (k: number, pad = 0): Apply => (b, x) =>
  b.apply("max_pool", "pool", [x], uniformWindow(2, k, 2, pad));
const plain = (op: "concat" | "add" | "mul" | PlainOp): Apply => (b, ...xs) =>
  b.apply(op, op, xs, {});
type PlainOp = "channel_max" | "channel_mean" | "global_avg_pool" | "global_max_pool" | "sigmoid";

const FOLDED = "conv 3-D, few channels: folded";
const PLAIN = "conv 3-D, many channels: plain";
const SPREAD = "conv 2-D";

/** All cases. */
export const CASES: readonly MicroCase[] = [
  [FOLDED, "5x5x5 1 to 4", [[1, 1, 32, 512, 512]], same(4, 5)],
  [FOLDED, "5x5x5 8 to 4", [[1, 8, 32, 512, 512]], same(4, 5)],
  [FOLDED, "5x5x5 8 to 8", [[1, 8, 16, 256, 256]], same(8, 5)],
  [FOLDED, "1x1x1 8 to 1", [[1, 8, 32, 512, 512]], same(1, 1)],
  [PLAIN, "5x5x5 16 to 16", [[1, 16, 8, 128, 128]], same(16, 5)],
  [PLAIN, "5x5x5 32 to 32", [[1, 32, 32, 64, 64]], same(32, 5)],
  [PLAIN, "5x5x5 64 to 64", [[1, 64, 2, 32, 32]], same(64, 5)],
  [PLAIN, "2x2x2 stride 2, 4 to 8", [[1, 4, 32, 512, 512]], halving(8)],
  [PLAIN, "2x2x2 stride 2, 32 to 64", [[1, 32, 4, 64, 64]], halving(64)],
  [SPREAD, "1x1 728 to 728", [[1, 728, 32, 32]], same(728, 1)],
  [SPREAD, "3x3 16 to 16", [[1, 16, 512, 512]], same(16, 3)],
  [SPREAD, "3x3 160 to 32", [[1, 160, 256, 256]], same(32, 3)],
  ["deconv", "2x2x2 stride 2, 16 to 4", [[1, 16, 16, 256, 256]], doubling(4)],
  ["deconv", "2x2x2 stride 2, 64 to 32", [[1, 64, 2, 32, 32]], doubling(32)],
  ["deconv", "3x3 stride 2, 32 to 16", [[1, 32, 256, 256]], keras(16)],
  ["deconv", "3x3 stride 2, 512 to 256", [[1, 512, 16, 16]], keras(256)],
  ["depthwise", "3x3 of 64", [[1, 64, 253, 253]], depthwise],
  ["depthwise", "3x3 of 256", [[1, 256, 127, 127]], depthwise],
  ["depthwise", "3x3 of 728", [[1, 728, 32, 32]], depthwise],
  ["norm", "instance, 4", [[1, 4, 32, 128, 128]], (b, x) => b.instanceNorm("norm", x, 1e-5)],
  ["norm", "instance, 16", [[1, 16, 8, 32, 32]], (b, x) => b.instanceNorm("norm", x, 1e-5)],
  ["norm", "batch, 16", [[1, 16, 512, 512]], (b, x) => b.batchNorm("norm", x, KERAS_EPSILON)],
  ["prelu per element", "4", [[1, 4, 32, 512, 512]], (b, x) => activate(b, "prelu_e", "act", x)],
  ["prelu per element", "8", [[1, 8, 16, 256, 256]], (b, x) => activate(b, "prelu_e", "act", x)],
  ["prelu per element", "64", [[1, 64, 2, 32, 32]], (b, x) => activate(b, "prelu_e", "act", x)],
  ["pooling", "3x3 of 128", [[1, 128, 253, 253]], pool(3, 1)],
  ["pooling", "2x2 of 1024", [[1, 1024, 32, 32]], pool(2)],
  ["joining", "concat 4 + 4", [[1, 4, 32, 512, 512], [1, 4, 32, 512, 512]], plain("concat")],
  ["joining", "concat 32 + 128", [[1, 32, 256, 256], [1, 128, 256, 256]], plain("concat")],
  ["CBAM", "all of 16", [[1, 16, 512, 512]], (b, x) => cbam(b, "cbam", x, 16)],
  ["CBAM", "all of 512", [[1, 512, 16, 16]], (b, x) => cbam(b, "cbam", x, 16)],
  ["CBAM", "mean of each channel", [[1, 16, 512, 512]], plain("global_avg_pool")],
  ["CBAM", "maximum of each channel", [[1, 16, 512, 512]], plain("global_max_pool")],
  ["CBAM", "dense 512 to 32", [[1, 512, 1, 1]], (b, x) => b.linear("fc", x, 32)],
  ["CBAM", "times a number a channel", [[1, 16, 512, 512], [1, 16, 1, 1]], plain("mul")],
  ["CBAM", "mean over channels", [[1, 16, 512, 512]], plain("channel_mean")],
  ["CBAM", "maximum over channels", [[1, 16, 512, 512]], plain("channel_max")],
  ["CBAM", "7x7 2 to 1", [[1, 2, 512, 512]], same(1, 7)],
  ["CBAM", "sigmoid", [[1, 1, 512, 512]], plain("sigmoid")],
  ["CBAM", "times a number a position", [[1, 16, 512, 512], [1, 1, 512, 512]], plain("mul")],
];
