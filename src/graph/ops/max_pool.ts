/**
 * Maximum over a sliding window.
 *
 * @module
 */

import { type Op, shapeError, spatial } from "../op.ts";
import { tapsInside, type WindowAttributes, windowPositions } from "../windowed.ts";

/** y[p] = max over the taps of the window that fall inside x (padding is minus infinity). */
export const max_pool: Op<WindowAttributes> = {
  name: "max_pool",
  arity: { min: 1, max: 1 },
  infer(inputs, window) {
    const [x] = inputs;
    if (spatial(x).length !== window.kernel.length) {
      throw shapeError("max_pool", `x must have ${window.kernel.length} spatial axes`, inputs);
    }
    const sizes = spatial(x).map((size, axis) => windowPositions(size, axis, window));
    const outside = window.kernel.some((size, axis) =>
      window.padBefore[axis] >= size || window.padAfter[axis] >= size
    );
    if (outside || sizes.some((size) => size < 1)) {
      throw shapeError("max_pool", "every window must hold an element of x", inputs);
    }
    return [x[0], x[1], ...sizes];
  },
  flops: ([x], output, window) =>
    x[0] * x[1] *
    spatial(x).reduce(
      (product, size, axis) => product * tapsInside(size, output[axis + 2], axis, window),
      1,
    ),
};
