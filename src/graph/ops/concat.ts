/**
 * Concatenation along the channels.
 *
 * @module
 */

import { type NoAttributes, type Op, shapeError } from "../op.ts";

/** y = the channels of every input, one after another. */
export const concat: Op<NoAttributes> = {
  name: "concat",
  arity: { min: 2, max: Infinity },
  infer(inputs) {
    const [first] = inputs;
    const fits = inputs.every((shape) =>
      shape.length === first.length &&
      shape.every((size, axis) => axis === 1 || size === first[axis])
    );
    if (!fits) throw shapeError("concat", "all axes but the channels must agree", inputs);
    return first.map((size, axis) =>
      axis === 1 ? inputs.reduce((sum, shape) => sum + shape[1], 0) : size
    );
  },
  flops: () => 0,
};
