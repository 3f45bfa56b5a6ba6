/**
 * Whether something is there, and making that nothing is.
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
  return lookAt(path, Deno.lstatSync) !== null;
}

/**
 * Whether a path leads to a file.
 *
 * @throws InputError where the system does not tell
 */
export function isFile(path: string): boolean {
  return lookAt(path, Deno.statSync)?.isFile ?? false;
}

/**
 * What a look at a path tells; null where nothing is there.
 *
 * @throws InputError where the system does not tell
 */
export function lookAt<T>(path: string, look: (path: string) => T): T | null {
  try {
    return look(path);
  } catch (error) {
    if (saysAbsent(error)) return null;
    throw new InputError(`${path} could not be looked at: ${messageOf(error)}`, {
      cause: error,
      advice: "check its permissions and the disk, or leave it out where another file names it",
    });
  }
}

/** Whether an error of the system says that nothing is there. */
function saysAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** Whether an error comes of one of the system that says more than that nothing is there. */
export function comesOfDisk({ cause }: Error): boolean {
  return cause instanceof Error && "code" in cause && !saysAbsent(cause);
}

/** Removes a file where it is there and may be: whoever calls has something better to say. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // gone already; or the disk fails, and what comes next says so
  }
}
