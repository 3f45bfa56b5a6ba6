/**
 * The folder of a run: `result.json`, `masks/`, `panels/`.
 *
 * @module
 */

import { join } from "node:path";
import { requireWritable } from "../base/atomic.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { isThere } from "../base/is_there.ts";

/** What to do with what an earlier run left. */
export interface RunFolder {
  /** The folder; it is made. */
  readonly out: string;
  /** Whether to go on with what an interrupted run left there (default: no). */
  readonly resume?: boolean;
  /** Whether to throw away what an earlier run left there (default: no). */
  readonly overwrite?: boolean;
}

/** Where the results stand. */
export function resultPath({ out }: Pick<RunFolder, "out">): string {
  return join(out, "result.json");
}

/**
 * Makes the folder, or refuses one that cannot be written to or holds results that would be lost.
 *
 * @throws InputError with what can be done
 */
export function requireFolder(folder: RunFolder): void {
  const { out, resume, overwrite } = folder;
  if (resume && overwrite) {
    throw new InputError("--resume goes on with earlier results, --overwrite throws them away", {
      advice: "leave out one of them",
    });
  }
  makeFolder(out);
  requireWritable(resultPath(folder));
  if (!resume && !overwrite && isThere(resultPath(folder))) {
    throw new InputError(`${out} holds the results of an earlier run`, {
      advice: "add --overwrite to replace them, --resume to go on if it was interrupted, or name " +
        "another --out",
    });
  }
}

/** Throws away what an earlier run left in the folder, and nothing else. */
export function clearFolder(folder: RunFolder): void {
  for (const path of [resultPath(folder), join(folder.out, "masks"), join(folder.out, "panels")]) {
    if (isThere(path)) Deno.removeSync(path, { recursive: true });
  }
}

/**
 * Makes a folder where there is none.
 *
 * @throws InputError where that is not possible
 */
export function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new InputError(`the folder ${path} could not be made: ${messageOf(error)}`, {
      cause: error,
      advice: "name another --out",
    });
  }
}
