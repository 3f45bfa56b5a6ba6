/**
 * The maximum over the channels.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import type { NoAttributes, Op } from "../op.ts";

/** y[n,p] = maximum over the channels. Output (N, 1, ...spatial). */
export const channel_max: Op<NoAttributes> = {
  name: "channel_max",
  arity: { min: 1, max: 1 },
  infer: ([x]) => x.map((size, axis) => (axis === 1 ? 1 : size)),
  flops: ([x]) => elements(x),
};
