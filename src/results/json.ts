/**
 * Reading JSON files.
 *
 * @module
 */

import { InputError, messageOf } from "../base/errors.ts";

/**
 * What a JSON file holds, not yet checked.
 *
 * @throws InputError when it cannot be read or is no JSON
 */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    throw new InputError(`${path} could not be read as JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
