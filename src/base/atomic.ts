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
  const partial = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
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
    throw new InputError(`${path} could not be written: ${messageOf(error)}`, {
      cause: error,
      advice: "name a path in a folder that exists, may be written to and has room",
    });
  }
}
