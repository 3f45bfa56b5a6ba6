/**
 * Transposed convolution, 2-D and 3-D, with cropping.
 *
 * @module
 */

import type { Shape } from "../../base/shapes.ts";
import { type Op, requirePerOutput, shapeError, spatial } from "../op.ts";
import { tapsInside, transposedSize, type WindowAttributes } from "../windowed.ts";

/**
 * y[n,o,p*stride+t-pad] += x[n,c,p] * w[c,o,t], plus b[o].
 *
 * Inputs: x (N, C, ...), weight (C, O, ...kernel), optional bias (O). Keras's `same` for kernel 3
 * and stride 2 is padBefore 0, padAfter 1: the last row and column are dropped.
 */
export const deconv: Op<WindowAttributes> = {
  name: "deconv",
  arity: { min: 2, max: 3 },
  infer(inputs, attributes) {
    const [x, weight, bias] = inputs;
    const { kernel } = attributes;
    if (spatial(x).length !== kernel.length) {
      throw shapeError("deconv", `x must have ${kernel.length} spatial axes`, inputs);
    }
    const legal: Shape = [x[1], weight[1], ...kernel];
    if (weight.length !== legal.length || legal.some((size, axis) => size !== weight[axis])) {
      throw shapeError("deconv", `weight must be ${legal.join("x")}`, inputs);
    }
    if (bias) requirePerOutput("deconv", bias, weight[1], inputs);
    const sizes = spatial(x).map((size, axis) => transposedSize(size, axis, attributes));
    if (sizes.some((size) => size < 1)) {
      throw shapeError("deconv", "the cropping must leave an output", inputs);
    }
    return [x[0], weight[1], ...sizes];
  },
  flops([x, weight, bias], output, attributes) {
    const taps = spatial(x).reduce(
      (product, size, axis) => product * tapsInside(output[axis + 2], size, axis, attributes),
      1,
    );
    const biasAdds = bias ? output.reduce((product, size) => product * size, 1) : 0;
    return 2 * x[0] * weight[0] * weight[1] * taps + biasAdds;
  },
};
