/**
 * The mean over the channels.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import type { NoAttributes, Op } from "../op.ts";

/** y[n,p] = mean over the channels. Output (N, 1, ...spatial). */
export const channel_mean: Op<NoAttributes> = {
  name: "channel_mean",
  arity: { min: 1, max: 1 },
  infer: ([x]) => x.map((size, axis) => (axis === 1 ? 1 : size)),
  flops: ([x]) => elements(x),
};
