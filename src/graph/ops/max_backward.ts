/**
 * The gradients of maxima: each goes to the first element that attains the maximum.
 *
 * @module
 */

import { elements, sameShape } from "../../base/shapes.ts";
import { type NoAttributes, type Op, shapeError } from "../op.ts";
import type { WindowAttributes } from "../windowed.ts";
import { max_pool } from "./max_pool.ts";

/** dx of a maximum over a sliding window. Inputs: x, dy. Output: the shape of x. */
export const max_pool_backward: Op<WindowAttributes> = {
  name: "max_pool_backward",
  arity: { min: 2, max: 2 },
  infer(inputs, window) {
    const [x, dy] = inputs;
    const y = max_pool.infer([x], window);
    if (!sameShape(dy, y)) {
      throw shapeError("max_pool_backward", `dy must be ${y.join("x")}`, inputs);
    }
    return x;
  },
  flops: ([x, dy], _output, window) => max_pool.flops([x], dy, window) + elements(dy),
};

/** dx of the maximum over the channels. Inputs: x, dy (N, 1, ...). Output: the shape of x. */
export const channel_max_backward: Op<NoAttributes> = {
  name: "channel_max_backward",
  arity: { min: 2, max: 2 },
  infer(inputs) {
    const [x, dy] = inputs;
    const fits = dy.length === x.length &&
      dy.every((size, axis) => size === (axis === 1 ? 1 : x[axis]));
    if (!fits) throw shapeError("channel_max_backward", "dy must have one channel", inputs);
    return x;
  },
  flops: ([x]) => elements(x),
};
