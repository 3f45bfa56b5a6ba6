/**
 * Writing files whole or not at all.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { InputError, messageOf } from "./errors.ts";
import { isThere, lookAt, removeIfThere } from "./is_there.ts";

/** Bytes per system call; one call for a gigabyte would hold the memory twice. */
const PIECE = 16 << 20;

/** Bytes up to which parts are put together: a file of thousands of them is a few calls. */
const SMALL = 64 << 10;

/**
 * Writes parts, one after another, so that the name never shows half a file: into a temporary file
 * beside it, flushed to disk, then renamed. The folder must exist. What processes that were killed
 * left of the same file is removed.
 *
 * @throws InputError when it cannot be written, or is a device or a pipe; nothing is left behind
 */
export function writeAtomically(path: string, parts: Iterable<Uint8Array | string>): void {
  try {
    requireFile(path);
    removeAbandoned(path);
    const { file, partial } = openPartial(path);
    try {
      for (const piece of piecesOf(parts)) {
        for (let at = 0; at < piece.length;) at += file.writeSync(piece.subarray(at));
      }
      file.syncDataSync();
      // before its lock goes, or it could be taken for abandoned
      Deno.renameSync(partial, path);
    } catch (error) {
      removeIfThere(partial);
      throw error;
    } finally {
      file.close();
    }
  } catch (error) {
    throw error instanceof InputError ? error : unwritable(path, messageOf(error), error);
  }
}

/** Parts as pieces that are written with one call each; a piece is good until the next. */
function* piecesOf(parts: Iterable<Uint8Array | string>): Generator<Uint8Array> {
  const together = new Uint8Array(SMALL);
  let filled = 0;
  for (const part of parts) {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    if (bytes.length > SMALL - filled) {
      yield together.subarray(0, filled);
      filled = 0;
    }
    if (bytes.length > SMALL) {
      for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
    } else {
      together.set(bytes, filled);
      filled += bytes.length;
    }
  }
  yield together.subarray(0, filled);
}

/**
 * Finds out before long work whether its result can be written; leaves nothing behind.
 *
 * @throws InputError as `writeAtomically` would
 */
export function requireWritable(path: string): void {
  try {
    requireFile(path);
    const { file, partial } = openPartial(path);
    file.close();
    Deno.removeSync(partial);
  } catch (error) {
    throw error instanceof InputError ? error : unwritable(path, messageOf(error), error);
  }
}

/**
 * Refuses a path at which something else than a file is: a device or pipe would not be written to,
 * but replaced, for all who use it.
 */
function requireFile(path: string): void {
  const found = lookAt(path, Deno.lstatSync);
  if (found?.isDirectory) throw unwritable(path, "it is a folder");
  if (found && !found.isFile && !found.isSymlink) {
    throw unwritable(path, "it is a device or a pipe");
  }
}

/** The end of the names of temporary files. */
const PARTIAL = /\.[0-9a-f]{8}\.tmp$/;

/** A temporary file of a path, locked as long as it is open. */
function openPartial(path: string): { readonly file: Deno.FsFile; readonly partial: string } {
  for (;;) {
    const partial = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    const file = Deno.openSync(partial, { write: true, createNew: true });
    // another process may have taken it for abandoned before it was locked
    if (tryLock(file) !== false && isThere(partial)) return { file, partial };
    file.close();
  }
}

/** Whether the lock of a file is ours now; null where the file system has no locks. */
function tryLock(file: Deno.FsFile): boolean | null {
  try {
    return file.tryLockSync(true);
  } catch {
    return null;
  }
}

/** Temporary files that lay in a folder when it was first written to. */
const FOUND = new Map<string, ReadonlySet<string>>();

/** Removes temporary files of a path whose processes ended before they could. */
function removeAbandoned(path: string): void {
  const folder = dirname(path);
  let found = FOUND.get(folder);
  if (found === undefined) FOUND.set(folder, found = partialsIn(folder));
  for (const name of found) {
    if (isPartialOf(name, basename(path))) removeIfAbandoned(join(folder, name));
  }
}

function partialsIn(folder: string): Set<string> {
  try {
    return new Set([...Deno.readDirSync(folder)].map(({ name }) => name).filter(isPartial));
  } catch {
    // it may not be listed: then nobody clears up here
    return new Set();
  }
}

function isPartial(name: string): boolean {
  return PARTIAL.test(name);
}

/** Whether a name is that of a temporary file of `writeAtomically`, for a file of the same folder. */
export function isPartialOf(name: string, file: string): boolean {
  return isPartial(name) && name.replace(PARTIAL, "") === file;
}

function removeIfAbandoned(partial: string): void {
  try {
    using file = Deno.openSync(partial, { read: true, write: true });
    if (tryLock(file)) Deno.removeSync(partial);
  } catch {
    // gone already, or another user's
  }
}

function unwritable(path: string, why: string, cause?: unknown): InputError {
  return new InputError(`${path} could not be written: ${why}`, {
    cause,
    advice: "name a path in a folder that exists, may be written to and has room",
  });
}
