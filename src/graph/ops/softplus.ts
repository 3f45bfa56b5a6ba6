/**
 * The smooth maximum of zero and every element; what cross-entropy is made of.
 *
 * @module
 */

import { type NoAttributes, type Op, unary } from "../op.ts";

/** y = log(1 + exp(x)). */
export const softplus: Op<NoAttributes> = unary("softplus", 4);
