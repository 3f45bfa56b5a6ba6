/**
 * Rectified linear unit with learnt slopes, a channel or an element.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import { type NoAttributes, type Op, shapeError, spatial } from "../op.ts";

/**
 * y = max(x, 0) + slope * min(x, 0).
 *
 * Inputs: x (N, C, ...), slope (C) or (C, ...spatial): a number a channel (Caffe, PyTorch) or an
 * element, shared over the batch only (Keras without `shared_axes`).
 */
export const prelu: Op<NoAttributes> = {
  name: "prelu",
  arity: { min: 2, max: 2 },
  infer(inputs) {
    const [x, slope] = inputs;
    const perElement = slope.length === x.length - 1 &&
      slope.every((size, axis) => size === x[axis + 1]);
    const perChannel = slope.length === 1 && slope[0] === x[1];
    if (!perElement && !perChannel) {
      const legal = `${x[1]} or ${[x[1], ...spatial(x)].join("x")}`;
      throw shapeError("prelu", `slope must be ${legal}`, inputs);
    }
    return x;
  },
  flops: (_inputs, output) => 2 * elements(output),
};
