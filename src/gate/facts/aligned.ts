/**
 * Two lists of steps put side by side.
 *
 * @module
 */

/** A step with its place in its own list, from 0. */
export interface Placed<T> {
  /** The step. */
  readonly step: T;
  /** Its place. */
  readonly index: number;
}

/** A pair, or what only one of both lists has. */
export type Aligned<T> = readonly [base: Placed<T> | null, other: Placed<T> | null];

/**
 * Pairs what two lists have in common, in order, as `diff` does: by a longest common subsequence.
 *
 * @param kindOf what must be equal of a pair
 *
 * @example
 * ```ts
 * import { aligned } from "./aligned.ts";
 * import assert from "node:assert/strict";
 * const pairs = aligned(["conv", "relu"], ["conv", "reorder", "relu"], (op) => op);
 * assert.deepEqual(pairs.map(([, other]) => other?.step), ["conv", "reorder", "relu"]);
 * assert.equal(pairs[1][0], null);
 * ```
 */
export function aligned<T>(
  base: readonly T[],
  other: readonly T[],
  kindOf: (step: T) => string,
): Aligned<T>[] {
  const [before, after] = [base.map(kindOf), other.map(kindOf)];
  const width = after.length + 1;
  // length of the longest common subsequence of what is left from i and from j
  const left = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      left[i * width + j] = before[i] === after[j]
        ? left[(i + 1) * width + j + 1] + 1
        : Math.max(left[(i + 1) * width + j], left[i * width + j + 1]);
    }
  }
  const pairs: Aligned<T>[] = [];
  for (let [i, j] = [0, 0]; i < before.length || j < after.length;) {
    const [one, two] = [{ step: base[i], index: i }, { step: other[j], index: j }];
    if (i < before.length && j < after.length && before[i] === after[j]) {
      pairs.push([one, two]);
      [i, j] = [i + 1, j + 1];
    } else if (
      j === after.length ||
      (i < before.length && left[(i + 1) * width + j] >= left[i * width + j + 1])
    ) {
      pairs.push([one, null]);
      i++;
    } else {
      pairs.push([null, two]);
      j++;
    }
  }
  return pairs;
}
