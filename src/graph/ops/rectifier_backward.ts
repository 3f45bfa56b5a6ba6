/**
 * The gradients of rectified linear units.
 *
 * @module
 */

import { elements, type Shape } from "../../base/shapes.ts";
import { type NoAttributes, type Op, shapeError } from "../op.ts";
import type { LeakyReluAttributes } from "./leaky_relu.ts";
import { prelu } from "./prelu.ts";

/**
 * dx = y > 0 ? dy : slope * dy.
 *
 * Inputs: the output y (its sign is that of the input, as slopes are not negative), dy.
 */
export const leaky_relu_backward: Op<LeakyReluAttributes> = {
  name: "leaky_relu_backward",
  arity: { min: 2, max: 2 },
  infer(inputs) {
    requireSame("leaky_relu_backward", inputs[1], inputs);
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
    requireSame("prelu_backward_data", inputs[2], inputs);
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
    requireSame("prelu_backward_slope", inputs[1], inputs);
    return inputs[0].map((size, axis) => axis === 0 ? 1 : axis === 1 || perElement ? size : 1);
  },
  flops: ([x]) => 3 * elements(x),
};

function requireSame(op: string, dy: Shape, inputs: readonly Shape[]): void {
  const [x] = inputs;
  const same = dy.length === x.length && dy.every((size, axis) => size === x[axis]);
  if (!same) throw shapeError(op, "dy must have the shape of what it is a gradient of", inputs);
}
