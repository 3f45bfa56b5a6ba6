/**
 * Normalisation by statistics of the tensor itself, and its gradients: batch norm in training when
 * there is one mean a channel, instance norm when there is one a sample and channel.
 *
 * @module
 */

import { elements, type Shape } from "../../base/shapes.ts";
import { type Op, requirePerChannel, requireSameShape } from "../op.ts";
import type { NormAttributes } from "./batch_norm.ts";
import { requireStatistic } from "./variance.ts";

/**
 * y = gamma * (x - mean) / sqrt(variance + epsilon) + beta.
 *
 * Inputs: x (N, C, ...), mean and variance (1 or N, C, 1...), which are those of x over the axes
 * where they have size 1, gamma and beta (C). Its gradient for x counts what reaches x through the
 * statistics, so none goes to these.
 */
export const normalise: Op<NormAttributes> = {
  name: "normalise",
  arity: { min: 5, max: 5 },
  infer(inputs) {
    requireStatistics("normalise", inputs);
    requirePerChannel("normalise", "gamma", inputs[3], inputs);
    requirePerChannel("normalise", "beta", inputs[4], inputs);
    return inputs[0];
  },
  flops: (_inputs, output) => 2 * elements(output),
};

/**
 * dx = gamma * r * (dy - mean of dy - h * mean of dy * h), with r = 1 / sqrt(variance + epsilon),
 * h = (x - mean) * r and means over the axes of the statistics.
 *
 * Inputs: x, mean, variance, gamma as in {@linkcode normalise}, and dy. Output: the shape of x.
 */
export const normalise_backward: Op<NormAttributes> = {
  name: "normalise_backward",
  arity: { min: 5, max: 5 },
  infer(inputs) {
    requireStatistics("normalise_backward", inputs);
    requirePerChannel("normalise_backward", "gamma", inputs[3], inputs);
    requireSameShape("normalise_backward", inputs[4], inputs);
    return inputs[0];
  },
  flops: (_inputs, output) => 10 * elements(output),
};

/**
 * The gradient for gamma: the sum over samples and voxels of dy * (x - mean) / sqrt(variance +
 * epsilon).
 *
 * Inputs: x, mean, variance as in {@linkcode normalise}, and dy. Output (1, C, 1...).
 */
export const normalise_backward_scale: Op<NormAttributes> = {
  name: "normalise_backward_scale",
  arity: { min: 4, max: 4 },
  infer(inputs) {
    requireStatistics("normalise_backward_scale", inputs);
    requireSameShape("normalise_backward_scale", inputs[3], inputs);
    return inputs[0].map((size, axis) => (axis === 1 ? size : 1));
  },
  flops: ([x]) => 4 * elements(x),
};

function requireStatistics(op: string, inputs: readonly Shape[]): void {
  requireStatistic(op, "mean", inputs[1], inputs);
  requireStatistic(op, "variance", inputs[2], inputs);
}
