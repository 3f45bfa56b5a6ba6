/**
 * Sums over axes.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import { type Op, shapeError } from "../op.ts";

/** Attributes of a sum. */
export interface SumAttributes {
  /** Axes that are summed over, in logical order: 0 is N, 1 is C. */
  readonly axes: readonly number[];
}

/** y = the sum over some axes, which then have size 1. */
export const sum: Op<SumAttributes> = {
  name: "sum",
  arity: { min: 1, max: 1 },
  infer(inputs, { axes }) {
    const [x] = inputs;
    if (axes.some((axis) => axis < 0 || axis >= x.length)) {
      throw shapeError("sum", `axes ${axes.join(", ")} must be axes of x`, inputs);
    }
    return x.map((size, axis) => (axes.includes(axis) ? 1 : size));
  },
  flops: ([x]) => elements(x),
};
