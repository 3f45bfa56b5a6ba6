/**
 * Whether something is there.
 *
 * @module
 */

import { InputError, messageOf } from "./errors.ts";

/**
 * Whether a path leads to something, be it a link that leads nowhere. What cannot be looked at is not
 * taken for absent: it might be written over.
 *
 * @throws InputError where the system does not tell
 *
 * @example
 * ```ts
 * import { isThere } from "./is_there.ts";
 * import assert from "node:assert/strict";
 * assert.equal(isThere("."), true);
 * assert.equal(isThere("./no/such/file"), false);
 * ```
 */
export function isThere(path: string): boolean {
  try {
    return Deno.lstatSync(path) !== null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw new InputError(`${path} could not be looked at: ${messageOf(error)}`, {
      cause: error,
      advice: "check its permissions and the disk",
    });
  }
}
