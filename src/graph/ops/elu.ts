/**
 * Exponential linear unit, alpha 1.
 *
 * @module
 */

import { type NoAttributes, type Op, unary } from "../op.ts";

/** y = x > 0 ? x : exp(x) - 1. */
export const elu: Op<NoAttributes> = unary("elu", 3);
