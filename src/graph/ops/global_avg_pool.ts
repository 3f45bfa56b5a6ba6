/**
 * The mean of every channel.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import type { NoAttributes, Op } from "../op.ts";

/** y[n,c] = mean over the spatial axes. Output (N, C, 1...). */
export const global_avg_pool: Op<NoAttributes> = {
  name: "global_avg_pool",
  arity: { min: 1, max: 1 },
  infer: ([x]) => x.map((size, axis) => (axis < 2 ? size : 1)),
  flops: ([x]) => elements(x),
};
