/**
 * Temporary folders that do not outlive their use, not even where a process is killed.
 *
 * Beside each lies a file of its name and `.lock`, there before the folder is and for as long: the
 * operating system gives up the lock on it when the process ends, however that ends, and whoever
 * comes next finds the file and removes both.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { InputError, messageOf } from "./errors.ts";
import { type Lock, takeLock } from "./folder_lock.ts";
import { isThere } from "./is_there.ts";

/** A temporary folder, which goes with all that is in it when it is disposed of. */
export interface TemporaryFolder extends Disposable {
  /** Its absolute path. */
  readonly path: string;
}

const SUFFIX = ".lock";

/**
 * Makes a temporary folder, and removes those of the same prefix whose process was killed.
 *
 * @param dir where it is made (default: the system's place)
 * @throws InputError where none can be made
 */
export function temporaryFolder(prefix: string, dir?: string): TemporaryFolder {
  const { path, lock } = attempt(() => lockName(prefix, dir));
  try {
    attempt(() => Deno.mkdirSync(path));
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
  removeAbandoned(dirname(path), prefix);
  return { path, [Symbol.dispose]: () => removeLocked(path, lock) };
}

/** A name that nobody has, and the lock on it. */
function lockName(prefix: string, dir: string | undefined): { path: string; lock: Lock } {
  const file = Deno.makeTempFileSync({ prefix, dir, suffix: SUFFIX });
  const path = file.slice(0, -SUFFIX.length);
  // another process may hold it for a moment, as it looks for what is abandoned
  for (;;) {
    const lock = takeLock(file, path, () => {});
    if (lock) return { path, lock };
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new InputError(`a temporary folder could not be made: ${messageOf(cause)}`, {
      cause,
      advice: "make room and check the permissions there, or name another place by TMPDIR",
    });
  }
}

function removeAbandoned(place: string, prefix: string): void {
  for (const { name } of entriesOf(place)) {
    if (!name.startsWith(prefix) || !name.endsWith(SUFFIX)) continue;
    const file = join(place, name);
    const path = file.slice(0, -SUFFIX.length);
    try {
      const lock = takeLock(file, path, () => {});
      if (lock) removeLocked(path, lock);
    } catch {
      // another user's, or gone meanwhile
    }
  }
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    // it may be written to and not listed: then nobody clears up here
    return [];
  }
}

/** Removes a folder, then its lock; where the disk refuses, the lock's file tells the next. */
function removeLocked(folder: string, lock: Lock): void {
  try {
    if (isThere(folder)) Deno.removeSync(folder, { recursive: true });
  } catch {
    return lock.leave();
  }
  lock[Symbol.dispose]();
}
