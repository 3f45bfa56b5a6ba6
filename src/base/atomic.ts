/**
 * Writing files whole or not at all.
 *
 * @module
 */

import { InputError, messageOf } from "./errors.ts";

/** Bytes per system call; one call for a gigabyte would hold the memory twice. */
const PIECE = 16 << 20;

/**
 * Writes parts, one after another, so that the name never shows half a file: into a temporary file
 * beside it, flushed to disk, then renamed. The folder must exist.
 *
 * @throws InputError when it cannot be written; nothing is left behind
 */
export function writeAtomically(path: string, parts: Iterable<Uint8Array | string>): void {
  const partial = partialOf(path);
  try {
    const file = Deno.openSync(partial, { write: true, createNew: true });
    try {
      try {
        for (const part of parts) {
          const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
          for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at, at + PIECE));
        }
        file.syncDataSync();
      } finally {
        file.close();
      }
      Deno.renameSync(partial, path);
    } catch (error) {
      Deno.removeSync(partial);
      throw error;
    }
  } catch (error) {
    throw unwritable(path, messageOf(error), error);
  }
}

/**
 * Finds out before long work whether its result can be written; leaves nothing behind.
 *
 * @throws InputError as `writeAtomically` would
 */
export function requireWritable(path: string): void {
  try {
    if (isFolder(path)) throw unwritable(path, "it is a folder");
    const partial = partialOf(path);
    Deno.openSync(partial, { write: true, createNew: true }).close();
    Deno.removeSync(partial);
  } catch (error) {
    throw error instanceof InputError ? error : unwritable(path, messageOf(error), error);
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function partialOf(path: string): string {
  return `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
}

function unwritable(path: string, why: string, cause?: unknown): InputError {
  return new InputError(`${path} could not be written: ${why}`, {
    cause,
    advice: "name a path in a folder that exists, may be written to and has room",
  });
}
