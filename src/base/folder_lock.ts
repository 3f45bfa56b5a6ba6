/**
 * One process at a time in a folder of results.
 *
 * The lock is the operating system's (flock): it ends with its process, however that ends. The file
 * that it lies on says who holds it and since when.
 *
 * @module
 */

import { join } from "node:path";
import { InputError } from "./errors.ts";

/** Name of the file in the folder. */
export const LOCK_FILE = ".stackbench.lock";

/** Who holds a lock. */
interface Holder {
  /** Id of the process. */
  readonly pid: number;
  /** Since when, ISO 8601, UTC. */
  readonly since: string;
}

/**
 * Takes a folder, which must exist, until the lock is disposed of.
 *
 * @param say told where an earlier holder ended without giving it back, or where the file system
 *   has no locks
 * @throws InputError when another process holds it, saying which and since when
 */
export function lockFolder(folder: string, say: (message: string) => void): Disposable {
  const lock = takeLock(join(folder, LOCK_FILE), folder, say);
  if (lock) return lock;
  throw taken(folder, holderOf(join(folder, LOCK_FILE)));
}

/**
 * As {@linkcode lockFolder}, but waits for another process that holds the folder.
 *
 * @param say told also whom it waits for
 */
export async function waitForFolder(
  folder: string,
  say: (message: string) => void,
): Promise<Disposable> {
  for (let told = false;; told = true) {
    const lock = takeLock(join(folder, LOCK_FILE), folder, say);
    if (lock) return lock;
    const holder = holderOf(join(folder, LOCK_FILE));
    if (!told) say(`waiting for ${holder ? `process ${holder.pid}` : "another process"}`);
    await new Promise((resume) => setTimeout(resume, PATIENCE));
  }
}

/** Milliseconds between two looks at a lock that is taken. */
const PATIENCE = 200;

/** A lock that is held; its file goes when it is disposed of. */
export interface Lock extends Disposable {
  /** Gives it up and leaves its file, as where the process were killed. */
  leave(): void;
}

/**
 * Locks a file, which is made where it is missing.
 *
 * @param what is locked by that, for messages
 * @returns undefined where another process holds it
 */
export function takeLock(
  path: string,
  what: string,
  say: (message: string) => void,
): Lock | undefined {
  for (;;) {
    const file = Deno.openSync(path, { read: true, write: true, create: true });
    try {
      if (!tryLock(file, say)) {
        file.close();
        return undefined;
      }
      // its last holder may have taken the file away between opening and locking it
      if (!isStillThere(file, path)) {
        file.close();
        continue;
      }
      const before = holderOf(path);
      if (before) {
        say(
          `${what} was left locked by process ${before.pid}, which began at ${before.since} and ` +
            "is gone: taken over",
        );
      }
      sign(file);
    } catch (error) {
      file.close();
      throw error;
    }
    return { leave: () => file.close(), [Symbol.dispose]: () => release(file, path) };
  }
}

/** Says in the file who holds it. */
function sign(file: Deno.FsFile): void {
  const holder: Holder = { pid: Deno.pid, since: new Date().toISOString() };
  try {
    file.truncateSync();
    file.seekSync(0, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode(JSON.stringify(holder)));
    file.syncDataSync();
  } catch {
    // a full disk: the lock holds all the same, and whoever waits is not told for whom
  }
}

function release(file: Deno.FsFile, path: string): void {
  try {
    // before the lock ends: whoever comes then finds no file of the former holder
    Deno.removeSync(path);
  } catch {
    // the folder was taken away meanwhile: so was the lock
  }
  file.close();
}

/** Whether the lock is ours; where the file system knows none, that is said, and it counts as ours. */
function tryLock(file: Deno.FsFile, say: (message: string) => void): boolean {
  try {
    return file.tryLockSync(true);
  } catch {
    say("warning: this file system has no locks: do not start two runs into one folder");
    return true;
  }
}

function isStillThere(file: Deno.FsFile, path: string): boolean {
  try {
    return Deno.statSync(path).ino === file.statSync().ino;
  } catch {
    return false;
  }
}

function holderOf(path: string): Holder | null {
  try {
    const { pid, since } = JSON.parse(Deno.readTextFileSync(path));
    return { pid: Number(pid), since: String(since).replaceAll(/[^\dT:.Z-]/g, "") };
  } catch {
    // empty, as a new lock is, or half written
    return null;
  }
}

function taken(folder: string, holder: Holder | null): InputError {
  const who = holder ? `process ${holder.pid}, since ${holder.since}` : "another process";
  return new InputError(`${folder} is in use by ${who}`, {
    advice: "wait until it has ended, or name another --out",
  });
}
