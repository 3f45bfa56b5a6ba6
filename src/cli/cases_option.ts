/**
 * `--cases`: scans chosen by their place in the manifest, or by their id.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";

/**
 * The places of chosen scans, in order, each once.
 *
 * @param text such as `0,3-5,p001-1`; what is a number is a place
 * @param ids of the scans, in the order of the manifest
 * @throws InputError for what is no scan
 *
 * @example
 * ```ts
 * import { chosenCases } from "./cases_option.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(chosenCases("c,0-1", ["a", "b", "c", "d"]), [0, 1, 2]);
 * ```
 */
export function chosenCases(text: string, ids: readonly string[]): number[] {
  const chosen = new Set(text.split(",").flatMap((part) => placesOf(part.trim(), ids)));
  return [...chosen].sort((a, b) => a - b);
}

function placesOf(part: string, ids: readonly string[]): number[] {
  const [, from, to = from] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? [];
  const [first, last] = from === undefined
    ? [ids.indexOf(part), ids.indexOf(part)]
    : [Number(from), Number(to)];
  if (first < 0 || last < first || last >= ids.length) {
    throw new InputError(`--cases: there is no scan ${part} among ${ids.length}`, {
      advice: "name places from 0, ranges such as 3-5, or ids of the manifest",
    });
  }
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
