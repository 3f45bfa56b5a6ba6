/**
 * The maximum of every channel.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import type { NoAttributes, Op } from "../op.ts";

/** y[n,c] = maximum over the spatial axes. Output (N, C, 1...). */
export const global_max_pool: Op<NoAttributes> = {
  name: "global_max_pool",
  arity: { min: 1, max: 1 },
  infer: ([x]) => x.map((size, axis) => (axis < 2 ? size : 1)),
  flops: ([x]) => elements(x),
};
