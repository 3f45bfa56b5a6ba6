/**
 * Zeros around the spatial axes.
 *
 * @module
 */

import { type Op, shapeError, spatial } from "../op.ts";

/** Attributes of a padding, one entry a spatial axis. */
export interface PadAttributes {
  /** Zeros before the first element. */
  readonly before: readonly number[];
  /** Zeros after the last element. */
  readonly after: readonly number[];
}

/** y = x with zeros around it. */
export const pad: Op<PadAttributes> = {
  name: "pad",
  arity: { min: 1, max: 1 },
  infer(inputs, { before, after }) {
    const [x] = inputs;
    if (spatial(x).length !== before.length || before.length !== after.length) {
      throw shapeError("pad", `x must have ${before.length} spatial axes`, inputs);
    }
    if ([...before, ...after].some((size) => size < 0)) {
      throw shapeError("pad", "padding must not be negative", inputs);
    }
    return [x[0], x[1], ...spatial(x).map((size, axis) => before[axis] + size + after[axis])];
  },
  flops: () => 0,
};
