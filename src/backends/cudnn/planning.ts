/**
 * What the planner is told of this backend: pointwise ops ride on everything that ends in a chain
 * or on which engines are ready, and convolutions read two tensors as one.
 *
 * @module
 */

import type { OpName } from "../../graph/ops/mod.ts";
import type { Planning } from "../../plan/mod.ts";
import { PAIRS } from "./kernels/pairs.ts";

/** Ops that run as one pass over memory, each element by itself. */
const ELEMENTWISE: ReadonlySet<OpName> = new Set([
  "add",
  "affine",
  "batch_norm",
  "elu",
  "leaky_relu",
  "mul",
  "normalise",
  "prelu",
  "reciprocal",
  "relu",
  "scale_shift",
  "sigmoid",
  "softplus",
]);

/** Ops whose result is rewritten anyway, or in one pass with what is fused to them. */
const CARRIERS: ReadonlySet<OpName> = new Set([
  ...ELEMENTWISE,
  "conv",
  "deconv",
  "expand",
  "instance_norm",
  "linear",
  "normalise_backward",
]);

/** What the planner must know. */
export const PLANNING: Planning = {
  folds: true,
  fuses: ({ op }) => CARRIERS.has(op),
  inPlace: ELEMENTWISE,
  pairs: PAIRS,
  joins: ({ op }) => op === "conv",
};
