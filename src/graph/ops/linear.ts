/**
 * A dense layer over the channels of a tensor whose spatial axes are all 1.
 *
 * @module
 */

import { type Op, requirePerOutput, shapeError, spatial } from "../op.ts";
import type { NoAttributes } from "../op.ts";

/**
 * y[n,o] = b[o] + sum over c of w[o,c] * x[n,c].
 *
 * Inputs: x (N, C, 1...), weight (O, C), optional bias (O). Output (N, O, 1...).
 */
export const linear: Op<NoAttributes> = {
  name: "linear",
  arity: { min: 2, max: 3 },
  infer(inputs) {
    const [x, weight, bias] = inputs;
    if (spatial(x).some((size) => size !== 1)) {
      throw shapeError("linear", "spatial axes must be 1", inputs);
    }
    if (weight.length !== 2 || weight[1] !== x[1]) {
      throw shapeError("linear", `weight must have ${x[1]} columns`, inputs);
    }
    if (bias) requirePerOutput("linear", bias, weight[0], inputs);
    return [x[0], weight[0], ...spatial(x)];
  },
  flops: ([x, weight]) => 2 * x[0] * weight[0] * weight[1],
};
