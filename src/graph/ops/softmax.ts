/**
 * Softmax over the channels.
 *
 * @module
 */

import { type NoAttributes, type Op, unary } from "../op.ts";

/** y[c] = exp(x[c]) / sum over k of exp(x[k]), at every voxel. */
export const softmax: Op<NoAttributes> = unary("softmax", 5);
