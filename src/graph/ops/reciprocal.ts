/**
 * One over every element.
 *
 * @module
 */

import { type NoAttributes, type Op, unary } from "../op.ts";

/** y = 1 / x. */
export const reciprocal: Op<NoAttributes> = unary("reciprocal", 1);
