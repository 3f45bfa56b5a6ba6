/**
 * Instance normalisation with affine parameters.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import { type Op, requirePerChannel } from "../op.ts";
import type { NormAttributes } from "./batch_norm.ts";

/**
 * y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, with mean and population variance of
 * each sample and channel over the spatial axes.
 *
 * Inputs: x (N, C, ...), gamma, beta (C).
 */
export const instance_norm: Op<NormAttributes> = {
  name: "instance_norm",
  arity: { min: 3, max: 3 },
  infer(inputs) {
    requirePerChannel("instance_norm", "gamma", inputs[1], inputs);
    requirePerChannel("instance_norm", "beta", inputs[2], inputs);
    return inputs[0];
  },
  // mean, variance and the affine map: one pass of 1, one of 3 and one of 2 operations
  flops: (_inputs, output) => 6 * elements(output),
};
