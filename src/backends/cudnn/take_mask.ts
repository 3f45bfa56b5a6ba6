/**
 * Taking a mask out of the memory that a GPU wrote it to.
 *
 * @module
 */

/**
 * Bytes that are looked at together: a page, which the system gives a mask once something is written
 * there. To have all pages of a mask that is mostly zeros takes longer than a network in halves.
 */
const PAGE = 4096;

/** What is set in a byte for a voxel that is no number, in each byte of a word. */
const NO_NUMBER = 0x02020202;

/**
 * Copies what of a mask is not zero.
 *
 * @param mask 0, 1, or 2 where a probability was no number; begins at a whole word of memory
 * @param target zeros, as long as the mask
 * @returns whether all probabilities were numbers
 *
 * @example
 * ```ts
 * import { takeMask } from "./take_mask.ts";
 * import assert from "node:assert/strict";
 * const target = new Uint8Array(3);
 * assert.ok(takeMask(Uint8Array.of(0, 1, 0), target));
 * assert.deepEqual([...target], [0, 1, 0]);
 * assert.ok(!takeMask(Uint8Array.of(0, 2, 0), new Uint8Array(3)));
 * ```
 */
export function takeMask(mask: Uint8Array<ArrayBuffer>, target: Uint8Array<ArrayBuffer>): boolean {
  const words = new Int32Array(mask.buffer, mask.byteOffset, mask.length >> 2);
  let all = 0;
  for (let from = 0; from < mask.length; from += PAGE) {
    const to = Math.min(mask.length, from + PAGE);
    let set = bitsOf(words, from >> 2, to >> 2);
    for (let i = to & ~3; i < to; i++) set |= mask[i];
    all |= set;
    if (set !== 0) target.set(mask.subarray(from, to), from);
  }
  return (all & NO_NUMBER) === 0;
}

/** Every bit that is set in one of some words, four of which are looked at in a turn. */
function bitsOf(words: Int32Array, from: number, to: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = from;
  for (; i + 3 < to; i += 4) {
    a |= words[i];
    b |= words[i + 1];
    c |= words[i + 2];
    d |= words[i + 3];
  }
  for (; i < to; i++) a |= words[i];
  return a | b | c | d;
}
