/**
 * What strips of an output need of the input along the outermost spatial axis.
 *
 * @module
 */

import type { WindowAttributes } from "../../../graph/windowed.ts";
import type { Piece } from "./pieces.ts";

/** Lines of the input that a strip of output needs, and what is beyond them. */
export interface StripInput extends Piece {
  /** Lines of zeros before them; of output that is dropped, where the window is transposed. */
  readonly padBefore: number;
  /** The same after them. */
  readonly padAfter: number;
}

/**
 * Input of a strip that a sliding window makes.
 *
 * @param height lines of the whole input
 */
export function stripInput(
  { kernel: [taps], stride: [stride], padBefore: [before] }: WindowAttributes,
  height: number,
  { first, count }: Piece,
): StripInput {
  const start = first * stride - before;
  const end = start + (count - 1) * stride + taps;
  const [from, to] = [Math.max(0, start), Math.min(height, end)];
  return { first: from, count: to - from, padBefore: from - start, padAfter: end - to };
}

/**
 * Input of a strip that a transposed window makes, whose padding is what is dropped of its result.
 *
 * @param height lines of the whole input
 */
export function transposedStripInput(
  { kernel: [taps], stride: [stride], padBefore: [before] }: WindowAttributes,
  height: number,
  { first, count }: Piece,
): StripInput {
  // lines of the result before anything is dropped
  const [start, end] = [first + before, first + count + before];
  const from = Math.max(0, Math.ceil((start - taps + 1) / stride));
  const to = Math.min(height, Math.floor((end - 1) / stride) + 1);
  const made = (to - 1) * stride + taps;
  return {
    first: from,
    count: to - from,
    padBefore: start - from * stride,
    padAfter: made - end,
  };
}
