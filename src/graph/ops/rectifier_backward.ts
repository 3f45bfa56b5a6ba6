/**
 * The gradients of rectified linear units.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import { type NoAttributes, type Op, requireSameShape } from "../op.ts";
import type { LeakyReluAttributes } from "./leaky_relu.ts";
import { prelu } from "./prelu.ts";

/**
 * dx = y > 0 ? dy : slope * dy.
 *
 * Inputs: y, anything with the sign of the unit's input, such as its output where the slope is not
 * negative; dy.
 */
export const leaky_relu_backward: Op<LeakyReluAttributes> = {
  name: "leaky_relu_backward",
  arity: { min: 2, max: 2 },
  infer(inputs) {
    requireSameShape("leaky_relu_backward", inputs[1], inputs);
    return inputs[0];
  },
  flops: (_inputs, output) => 2 * elements(output),
};

/** dx = x > 0 ? dy : slope * dy. Inputs: x, slope as in `prelu`, dy. */
export const prelu_backward_data: Op<NoAttributes> = {
  name: "prelu_backward_data",
  arity: { min: 3, max: 3 },
  infer(inputs, attributes) {
    prelu.infer(inputs.slice(0, 2), attributes);
    requireSameShape("prelu_backward_data", inputs[2], inputs);
    return inputs[0];
  },
  flops: (_inputs, output) => 2 * elements(output),
};

/** Attributes of the gradient for slopes. */
export interface PreluBackwardSlopeAttributes {
  /** Whether slopes are one an element, shared over the batch; else one a channel. */
  readonly perElement: boolean;
}

/**
 * The sum of dy * min(x, 0) over what shares a slope.
 *
 * Inputs: x, dy. Output (1, C, 1...), or (1, C, ...spatial) for slopes an element.
 */
export const prelu_backward_slope: Op<PreluBackwardSlopeAttributes> = {
  name: "prelu_backward_slope",
  arity: { min: 2, max: 2 },
  infer(inputs, { perElement }) {
    requireSameShape("prelu_backward_slope", inputs[1], inputs);
    return inputs[0].map((size, axis) => axis === 0 ? 1 : axis === 1 || perElement ? size : 1);
  },
  flops: ([x]) => 3 * elements(x),
};
