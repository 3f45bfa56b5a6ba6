/**
 * Rectified linear unit.
 *
 * @module
 */

import { type NoAttributes, type Op, unary } from "../op.ts";

/** y = max(x, 0). */
export const relu: Op<NoAttributes> = unary("relu", 1);
