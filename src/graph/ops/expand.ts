/**
 * Repetition along axes of size 1.
 *
 * @module
 */

import { formatShape, type Shape } from "../../base/shapes.ts";
import { type Op, shapeError } from "../op.ts";

/** Attributes of an expansion. */
export interface ExpandAttributes {
  /** Shape of the output. */
  readonly shape: Shape;
}

/** y = x, repeated along its axes of size 1. */
export const expand: Op<ExpandAttributes> = {
  name: "expand",
  arity: { min: 1, max: 1 },
  infer(inputs, { shape }) {
    const [x] = inputs;
    const fits = x.length === shape.length &&
      x.every((size, axis) => size === 1 || size === shape[axis]);
    if (!fits) {
      throw shapeError("expand", `sizes must be 1 or those of ${formatShape(shape)}`, inputs);
    }
    return shape;
  },
  flops: () => 0,
};
