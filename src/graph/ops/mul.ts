/**
 * Product of two tensors.
 *
 * @module
 */

import { binary, type NoAttributes, type Op } from "../op.ts";

/** y = a * b, broadcast. */
export const mul: Op<NoAttributes> = binary("mul");
