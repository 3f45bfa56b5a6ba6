/**
 * Sum of two tensors.
 *
 * @module
 */

import { binary, type NoAttributes, type Op } from "../op.ts";

/** y = a + b, broadcast. */
export const add: Op<NoAttributes> = binary("add");
