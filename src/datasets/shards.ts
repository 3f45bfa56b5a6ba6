/**
 * Parts of a run that different machines do: every scan is in one of them.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { sha256 } from "../base/hashing.ts";

/** Which part of how many. */
export interface ShardRequest {
  /** Number of the part, from 1. */
  readonly index: number;
  /** All parts. */
  readonly count: number;
}

/**
 * The part of each scan, from 1. The longest scans are dealt out first, each to the part that has
 * the fewest slices so far, so that parts differ by less than the longest scan. Whoever knows the
 * same scans comes to the same parts.
 *
 * @param slices of each scan
 * @param key what decides among scans of equal length: the manifest's hash
 * @throws InputError where there are more parts than scans
 *
 * @example
 * ```ts
 * import { shardsOf } from "./shards.ts";
 * import assert from "node:assert/strict";
 * const slices = [10, 60, 30, 40, 20];
 * const parts = shardsOf(slices, 2, "manifest");
 * const sums = [1, 2].map((part) =>
 *   slices.reduce((sum, n, scan) => sum + (parts[scan] === part ? n : 0), 0)
 * );
 * assert.deepEqual(sums, [80, 80]);
 * ```
 */
export function shardsOf(slices: readonly number[], count: number, key: string): number[] {
  if (count > slices.length) {
    throw new InputError(`${slices.length} scans cannot be divided into ${count} shards`, {
      advice: `ask for ${slices.length} shards at most`,
    });
  }
  const scans = slices.map((length, scan) => ({ length, scan, lot: sha256(key, `${scan}`) }));
  scans.sort((a, b) => b.length - a.length || (a.lot < b.lot ? -1 : 1));
  const sums = new Array<number>(count).fill(0);
  const parts = new Array<number>(slices.length).fill(0);
  for (const { length, scan } of scans) {
    const part = leastOf(sums);
    sums[part] += length;
    parts[scan] = part + 1;
  }
  return parts;
}

/** Place of the smallest value, the first of equal ones. */
function leastOf(values: readonly number[]): number {
  let least = 0;
  for (let place = 1; place < values.length; place++) {
    if (values[place] < values[least]) least = place;
  }
  return least;
}
