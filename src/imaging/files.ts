/**
 * Reading files whole or in part, with Deno's permissions and clear errors.
 *
 * @module
 */

import { join } from "node:path";
import { InputError, messageOf } from "../base/errors.ts";
import { refusal } from "./refusal.ts";

/** The two phases of getting a scan: bytes from files, and everything made of them. */
export type ReadPhase = "read" | "decode";

/**
 * Called around each piece of work of a phase, never nested, many times a scan: a benchmark adds
 * up the time per phase. It must run `work` once and return what it returns.
 */
export type PhaseHook = <T>(phase: ReadPhase, work: () => T) => T;

/** The hook that only runs the work. */
export const unhooked: PhaseHook = (_phase, work) => work();

/** Pieces in which files are read: larger ones read no faster. */
const PIECE = 16 * 1024 * 1024;

/** What a path is. */
export type PathKind = "file" | "folder";

/** Whether a path is a file or a folder (links are followed). Throws an InputError if neither. */
export function kindOf(path: string): PathKind {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (info.isDirectory) return "folder";
  if (info.isFile) return "file";
  throw refusal("not-a-file", `${path} is neither a file nor a folder.`);
}

/** Whether a file is there. */
export function fileExists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw unreadable(path, error);
  }
}

/** Size of a file in bytes. */
export function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Fills `target` with the bytes of a file from an offset on.
 *
 * @returns how many bytes there were, fewer than asked for at the file's end
 */
export function readInto(path: string, offset: number, target: Uint8Array): number {
  try {
    using file = Deno.openSync(path, { read: true });
    if (offset > 0) file.seekSync(offset, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < target.length) {
      const read = file.readSync(
        target.subarray(filled, Math.min(filled + PIECE, target.length)),
      );
      if (read === null || read === 0) break;
      filled += read;
    }
    return filled;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The first bytes of a file: `length` of them, or all there are. */
export function readStart(path: string, length: number): Uint8Array<ArrayBuffer> {
  const target = new Uint8Array(Math.min(length, sizeOf(path)));
  return target.subarray(0, readInto(path, 0, target));
}

/** A whole file. */
export function readWhole(path: string): Uint8Array<ArrayBuffer> {
  return readStart(path, Infinity);
}

/**
 * Names of the files and of the folders in a folder, each sorted by code unit; names that begin
 * with a dot are left out, and links to folders are not followed.
 */
export function listFolder(path: string): { files: string[]; folders: string[] } {
  const files: string[] = [];
  const folders: string[] = [];
  try {
    for (const entry of Deno.readDirSync(path)) {
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory) folders.push(entry.name);
      else if (entry.isFile || (entry.isSymlink && fileExists(join(path, entry.name)))) {
        files.push(entry.name);
      }
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  return { files: files.sort(), folders: folders.sort() };
}

function unreadable(path: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  if (error instanceof Deno.errors.NotFound) {
    return refusal("not-found", `${path} does not exist.`, "Check the path.");
  }
  return new InputError(`${path} could not be read: ${messageOf(error)}`, {
    cause: error,
    advice: "Check the path and its permissions.",
    details: { rule: "unreadable" },
  });
}
