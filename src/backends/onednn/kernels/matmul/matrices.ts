/**
 * Tensors as matrices whose rows another tensor does not have.
 *
 * @module
 */

import type { Shape } from "../../../../base/shapes.ts";
import { channelsLastSizes, type Stretch, stretchesOf } from "../../loops/stretches.ts";

/** A tensor as matrices: one of S rows by C columns after another, of which S is summed. */
export interface Matrices {
  /** How many matrices. */
  readonly count: number;
  /** S: what the other tensor does not have. */
  readonly rows: number;
  /** C: what both have. */
  readonly columns: number;
}

/** Elements below which loops are as good. */
const WORTHWHILE = 4096;

/** The larger of two tensors as such matrices; undefined where it is none, or small. */
export function matricesOf(large: Shape, small: Shape): Matrices | undefined {
  const stretches = stretchesOf(channelsLastSizes(large), channelsLastSizes(small));
  const size = stretches.reduce((product, stretch) => product * stretch.size, 1);
  if (size < WORTHWHILE) return undefined;
  const summed = stretches.findIndex(({ shared }) => !shared);
  if (summed < 0 || stretches.length > summed + 2) return undefined;
  const part = (some: readonly Stretch[]) => some.reduce((product, { size }) => product * size, 1);
  return {
    count: part(stretches.slice(0, summed)),
    rows: stretches[summed].size,
    columns: part(stretches.slice(summed + 1)),
  };
}
