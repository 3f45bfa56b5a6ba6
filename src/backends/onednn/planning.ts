/**
 * What the planner is told of oneDNN.
 *
 * @module
 */

import type { OpName } from "../../graph/ops/mod.ts";
import type { Planning } from "../../plan/mod.ts";
import { ELEMENTWISE, fuses } from "./lowering/fusion.ts";

/**
 * Folding, fusions that are done at full speed, ops that may write over what they read, and zeros
 * that a concatenation writes.
 */
export const PLANNING: Planning = {
  folds: true,
  fuses,
  pads: true,
  inPlace: new Set<OpName>([
    ...ELEMENTWISE,
    "prelu",
    "softmax",
    "batch_norm",
  ]),
};
