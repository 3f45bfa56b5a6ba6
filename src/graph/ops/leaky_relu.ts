/**
 * Leaky rectified linear unit.
 *
 * @module
 */

import { type Op, unary } from "../op.ts";

/** Attributes of a leaky ReLU. */
export interface LeakyReluAttributes {
  /** Slope below zero. */
  readonly slope: number;
}

/** y = x > 0 ? x : slope * x. */
export const leaky_relu: Op<LeakyReluAttributes> = unary("leaky_relu", 2);
