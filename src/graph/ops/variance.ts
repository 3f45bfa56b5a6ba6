/**
 * Population variance over axes.
 *
 * @module
 */

import { elements, type Shape } from "../../base/shapes.ts";
import { type NoAttributes, type Op, shapeError } from "../op.ts";

/**
 * y = the mean of (x - mean)^2 over the axes on which `mean` has size 1.
 *
 * Inputs: x, and its mean over the axes where its sizes are 1. Output: the shape of the mean.
 */
export const variance: Op<NoAttributes> = {
  name: "variance",
  arity: { min: 2, max: 2 },
  infer(inputs) {
    requireStatistic("variance", "mean", inputs[1], inputs);
    return inputs[1];
  },
  flops: ([x]) => 3 * elements(x),
};

/** Throws unless `statistic` is a number a channel, for each sample or for all of them. */
export function requireStatistic(
  op: string,
  what: string,
  statistic: Shape,
  inputs: readonly Shape[],
): void {
  const [x] = inputs;
  const fits = statistic.length === x.length && statistic[1] === x[1] &&
    (statistic[0] === 1 || statistic[0] === x[0]) &&
    statistic.slice(2).every((size) => size === 1);
  if (!fits) throw shapeError(op, `${what} must be a number a channel, N or 1 by C by 1`, inputs);
}
