/**
 * The gradients of a convolution. Those of a transposed convolution are a convolution (for its
 * input) and {@linkcode conv_backward_weights} with the two tensors changing places.
 *
 * @module
 */

import type { Shape } from "../../base/shapes.ts";
import { type Op, shapeError, spatial } from "../op.ts";
import { tapsInside, windowPositions } from "../windowed.ts";
import type { ConvAttributes } from "./conv.ts";

/** Attributes of the gradient for the input. */
export interface ConvBackwardDataAttributes extends ConvAttributes {
  /** Spatial sizes of the convolution's input: a stride may leave some of it unread. */
  readonly spatial: Shape;
}

/**
 * dx[n,c,p*stride+t-pad] += dy[n,o,p] * w[o,c,t].
 *
 * Inputs: dy (N, O, ...), weight (O, C/groups, ...kernel), whose last axes may be left out where
 * the kernel is 1. Output (N, C, ...spatial).
 */
export const conv_backward_data: Op<ConvBackwardDataAttributes> = {
  name: "conv_backward_data",
  arity: { min: 2, max: 2 },
  infer(inputs, attributes) {
    const [dy, weight] = inputs;
    const { kernel, groups, spatial: sizes } = attributes;
    const taps = weight.length === 2 ? kernel.map(() => 1) : weight.slice(2);
    if (weight[0] !== dy[1] || taps.some((size, axis) => size !== kernel[axis])) {
      throw shapeError("conv_backward_data", "weight must be that of the convolution", inputs);
    }
    requirePositions("conv_backward_data", sizes, dy, attributes, inputs);
    return [dy[0], weight[1] * groups, ...sizes];
  },
  flops: ([dy, weight], dx, attributes) =>
    2 * dy[0] * weight[0] * weight[1] * allTaps(dx, dy, attributes),
};

/**
 * dw[o,c,t] = sum over n, p of dy[n,o,p] * x[n,c,p*stride+t-pad].
 *
 * Inputs: x (N, C, ...), dy (N, O, ...). Output (O, C/groups, ...kernel).
 */
export const conv_backward_weights: Op<ConvAttributes> = {
  name: "conv_backward_weights",
  arity: { min: 2, max: 2 },
  infer(inputs, attributes) {
    const [x, dy] = inputs;
    const { kernel, groups } = attributes;
    if (x[0] !== dy[0] || x[1] % groups !== 0 || dy[1] % groups !== 0) {
      throw shapeError("conv_backward_weights", "samples and groups must agree", inputs);
    }
    requirePositions("conv_backward_weights", spatial(x), dy, attributes, inputs);
    return [dy[1], x[1] / groups, ...kernel];
  },
  flops: ([x, dy], dw, attributes) => 2 * dy[0] * dw[0] * dw[1] * allTaps(x, dy, attributes),
};

function requirePositions(
  op: string,
  sizes: Shape,
  dy: Shape,
  attributes: ConvAttributes,
  inputs: readonly Shape[],
): void {
  const positions = sizes.map((size, axis) => windowPositions(size, axis, attributes));
  if (positions.some((size, axis) => size !== dy[axis + 2])) {
    throw shapeError(op, `dy must have ${positions.join("x")} positions`, inputs);
  }
}

function allTaps(x: Shape, dy: Shape, attributes: ConvAttributes): number {
  return spatial(x).reduce(
    (product, size, axis) => product * tapsInside(size, dy[axis + 2], axis, attributes),
    1,
  );
}
