/**
 * Temporary folders that do not outlive their use, not even where a process is killed.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { LOCK_FILE, lockFolder } from "./folder_lock.ts";
import { isThere } from "./is_there.ts";

/** A temporary folder, which goes with all that is in it when it is disposed of. */
export interface TemporaryFolder extends Disposable {
  /** Its absolute path. */
  readonly path: string;
}

/** Age from which on a folder without a lock is nobody's, in milliseconds. */
const DAY = 24 * 60 * 60 * 1000;

/**
 * Makes a temporary folder, and removes those of the same prefix whose process was killed. A lock in
 * the folder tells: the operating system gives it up when its process ends, however that ends.
 *
 * @param dir where it is made (default: the system's place)
 */
export function temporaryFolder(prefix: string, dir?: string): TemporaryFolder {
  const path = Deno.makeTempDirSync({ prefix, dir });
  const lock = lockFolder(path, () => {});
  removeAbandoned(dirname(path), prefix);
  return {
    path,
    [Symbol.dispose]() {
      remove(path);
      lock[Symbol.dispose]();
      // where the disk refused for a moment; where it still does, the lock is there, and free
      remove(path);
    },
  };
}

function removeAbandoned(place: string, prefix: string): void {
  for (const { name, isDirectory } of entriesOf(place)) {
    const path = join(place, name);
    if (!isDirectory || !name.startsWith(prefix) || !isAbandoned(path)) continue;
    remove(path);
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

/** Whether a folder's process is gone; what is not known to be abandoned is not. */
function isAbandoned(folder: string): boolean {
  try {
    const lock = join(folder, LOCK_FILE);
    // killed before it could lock the folder, or about to lock it
    if (!isThere(lock)) return Date.now() - Deno.statSync(folder).mtime!.getTime() > DAY;
    using file = Deno.openSync(lock, { read: true, write: true });
    return file.tryLockSync(true);
  } catch {
    // another user's, or on a file system without locks
    return false;
  }
}

function remove(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch {
    // gone already, or written to at this moment: whoever comes next removes it
  }
}
