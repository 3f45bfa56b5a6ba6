/**
 * Reading JSON files.
 *
 * @module
 */

import { InputError, messageOf } from "../base/errors.ts";
import { readJsonFile } from "../base/json_file.ts";

/** Bytes of the longest results: 20 models over 200 scans of 700 slices take a third of them. */
const LONGEST = 128 << 20;

/**
 * What a JSON file holds, not yet checked.
 *
 * @throws InputError when it cannot be read or is no JSON
 */
export function readJson(path: string): unknown {
  try {
    return readJsonFile(path, LONGEST);
  } catch (error) {
    throw new InputError(`${path} could not be read as JSON: ${messageOf(error)}`, {
      cause: error,
      advice: "name a file that stackbench wrote (run: OUT/result.json), whole and unchanged",
    });
  }
}
