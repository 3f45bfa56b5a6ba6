/**
 * Batch normalisation with running statistics (inference).
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import { type Op, requirePerChannel } from "../op.ts";

/** Attributes of a normalisation. */
export interface NormAttributes {
  /** Added to the variance. */
  readonly epsilon: number;
}

/**
 * y = gamma * (x - mean) / sqrt(variance + epsilon) + beta, each a number a channel.
 *
 * Inputs: x (N, C, ...), gamma, beta, running mean, running variance (C).
 */
export const batch_norm: Op<NormAttributes> = {
  name: "batch_norm",
  arity: { min: 5, max: 5 },
  infer(inputs) {
    ["gamma", "beta", "mean", "variance"].forEach((what, i) =>
      requirePerChannel("batch_norm", what, inputs[i + 1], inputs)
    );
    return inputs[0];
  },
  flops: (_inputs, output) => 2 * elements(output),
};
