/**
 * The same affine map of every element.
 *
 * @module
 */

import { type Op, unary } from "../op.ts";

/** Attributes of an affine map. */
export interface AffineAttributes {
  /** What every element is multiplied by. */
  readonly scale: number;
  /** What is added then. */
  readonly shift: number;
}

/** y = scale * x + shift. */
export const affine: Op<AffineAttributes> = unary("affine", 2);
