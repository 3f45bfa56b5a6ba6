/**
 * Convolution (cross-correlation), 2-D and 3-D, strided, padded, grouped.
 *
 * @module
 */

import type { Shape } from "../../base/shapes.ts";
import { type Op, requirePerOutput, shapeError, spatial } from "../op.ts";
import { tapsInside, type WindowAttributes, windowPositions } from "../windowed.ts";

/** Attributes of a convolution. */
export interface ConvAttributes extends WindowAttributes {
  /** Groups of channels; the number of channels for a depthwise convolution. */
  readonly groups: number;
}

/**
 * y[n,o,p] = b[o] + sum over c, t of x[n,c,p*stride+t-pad] * w[o,c,t].
 *
 * Inputs: x (N, C, ...), weight (O, C/groups, ...kernel), optional bias (O).
 */
export const conv: Op<ConvAttributes> = {
  name: "conv",
  arity: { min: 2, max: 3 },
  infer(inputs, attributes) {
    const [x, weight, bias] = inputs;
    const { kernel, groups } = attributes;
    if (spatial(x).length !== kernel.length) {
      throw shapeError("conv", `x must have ${kernel.length} spatial axes`, inputs);
    }
    if (x[1] % groups !== 0 || weight[0] % groups !== 0) {
      throw shapeError("conv", `channels must divide into ${groups} groups`, inputs);
    }
    const legal: Shape = [weight[0], x[1] / groups, ...kernel];
    if (weight.length !== legal.length || legal.some((size, axis) => size !== weight[axis])) {
      throw shapeError("conv", `weight must be ${legal.join("x")}`, inputs);
    }
    if (bias) requirePerOutput("conv", bias, weight[0], inputs);
    const sizes = spatial(x).map((size, axis) => windowPositions(size, axis, attributes));
    if (sizes.some((size) => size < 1)) {
      throw shapeError("conv", `x must hold the ${kernel.join("x")} kernel at least once`, inputs);
    }
    return [x[0], weight[0], ...sizes];
  },
  flops([x, weight, bias], output, attributes) {
    const taps = spatial(x).reduce(
      (product, size, axis) => product * tapsInside(size, output[axis + 2], axis, attributes),
      1,
    );
    const biasAdds = bias ? output.reduce((product, size) => product * size, 1) : 0;
    return 2 * x[0] * weight[0] * weight[1] * taps + biasAdds;
  },
};
