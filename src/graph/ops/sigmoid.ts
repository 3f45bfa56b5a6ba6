/**
 * Logistic function.
 *
 * @module
 */

import { type NoAttributes, type Op, unary } from "../op.ts";

/** y = 1 / (1 + exp(-x)). */
export const sigmoid: Op<NoAttributes> = unary("sigmoid", 4);
