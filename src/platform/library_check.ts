/**
 * Whether native libraries are still what `setup` fetched: asked before each load.
 *
 * The program knows the SHA-256 of every file that `setup` fetches. To compute it takes a while, so
 * it is computed once a day, and whenever the size or the time of a file is not what it was; in
 * between a record beside the libraries, `checked.json`, says that it was right:
 *
 * ```text
 * {"libdnnl.so.3": {"size": 54569528, "modified": 1764405540000, "sha256": "…", "checked": 17644…}}
 * ```
 *
 * The record is no proof: who can write to the folder can write it too, and has a day.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { writeAtomically } from "../base/atomic.ts";
import { readJsonFile } from "../base/json_file.ts";
import { FETCHED_FILES, type FetchedFiles } from "./fetched_files.ts";
import { projectLibraryFolder, userLibraryFolder } from "./places.ts";

/** Name of the record in a library folder. */
export const CHECK_RECORD = "checked.json";

/** How to check; all of it has defaults. */
export interface CheckOptions {
  /** Folders of `setup`; a library in another one is the user's own, or the distribution's. */
  readonly folders?: readonly string[];
  /** What the files must be; null for a library that `setup` does not fetch here. */
  readonly files?: FetchedFiles | null;
  /** Milliseconds since 1970. */
  readonly now?: number;
  /** Whether hashes are computed whatever the record says (default: no). */
  readonly anew?: boolean;
}

/** What is remembered of a file. */
interface Checked {
  /** Bytes. */
  readonly size: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modified: number;
  /** SHA-256 of its bytes. */
  readonly sha256: string;
  /** When that was computed, in milliseconds since 1970. */
  readonly checked: number;
}

/** For how long a computed hash is believed, in milliseconds. */
const DAY = 24 * 60 * 60 * 1000;

/** Bytes that are read at once. */
const PIECE = 1 << 20;

/**
 * In what a library, or a file that it loads itself, is not what `setup` fetched, in words; null
 * where nothing is seen, and for libraries in other folders than those of `setup`, whose hash nobody
 * knows.
 *
 * @param key of the library
 * @param path where it was found
 */
export function libraryChange(
  key: string,
  path: string,
  { folders = setupFolders(), files = filesOf(key), now = Date.now(), anew = false }: CheckOptions =
    {},
): string | null {
  const [folder, main] = [dirname(path), basename(path)];
  if (files === null || !folders.includes(folder)) return null;
  if (!Object.hasOwn(files, main)) return `${path} was not put there by setup`;
  const before = readRecord(folder);
  const found = new Map<string, Checked>();
  for (const [name, legal] of Object.entries(files)) {
    const state = stateOf(join(folder, name));
    // a part that is not there is missed by whoever wants to load it
    if (state === null) continue;
    const known = anew ? undefined : before.get(name);
    const believed = known !== undefined && isFresh(known, state, now) ? known : null;
    const checked = believed ?? { ...state, sha256: hashOf(join(folder, name)), checked: now };
    if (!legal.includes(checked.sha256)) {
      return `${join(folder, name)} is not the file that setup fetched: its SHA-256 is ` +
        checked.sha256;
    }
    if (believed === null) found.set(name, checked);
  }
  if (found.size > 0) keepRecord(folder, new Map([...before, ...found]));
  return null;
}

/** The files of a library that are known by their hash; null where `setup` fetches none. */
function filesOf(key: string): FetchedFiles | null {
  const { os, arch } = Deno.build;
  return os === "linux" && arch === "x86_64" ? FETCHED_FILES[key] ?? null : null;
}

/** Where `setup` may have put what it fetched. */
function setupFolders(): string[] {
  return [projectLibraryFolder(), userLibraryFolder()].filter((folder) => folder !== null);
}

/** Size and time of a file; null where it is not there, or may not be looked at. */
function stateOf(path: string): Pick<Checked, "size" | "modified"> | null {
  try {
    const { size, mtime } = Deno.statSync(path);
    return { size, modified: mtime?.getTime() ?? 0 };
  } catch {
    return null;
  }
}

/** Whether the file is as it was when its hash was computed, and that is not long ago. */
function isFresh(
  { size, modified, checked }: Checked,
  state: Pick<Checked, "size" | "modified">,
  now: number,
): boolean {
  // a clock that was set back says nothing of how long it is
  const age = now - checked;
  return size === state.size && modified === state.modified && age >= 0 && age < DAY;
}

/** SHA-256 of a file, which is never in memory as a whole. */
function hashOf(path: string): string {
  using file = Deno.openSync(path, { read: true });
  const hash = createHash("sha256");
  const piece = new Uint8Array(PIECE);
  for (let read = file.readSync(piece); read !== null; read = file.readSync(piece)) {
    hash.update(piece.subarray(0, read));
  }
  return hash.digest("hex");
}

/** The record of a folder; empty where there is none, or none that can be read. */
function readRecord(folder: string): Map<string, Checked> {
  try {
    const record = readJsonFile(join(folder, CHECK_RECORD)) as Record<string, Checked>;
    return new Map(Object.entries(record).filter(([, one]) => isChecked(one)));
  } catch {
    // the first look, or a damaged record: all hashes are computed anew
    return new Map();
  }
}

function isChecked(value: unknown): value is Checked {
  const { size, modified, sha256, checked } = (value ?? {}) as Partial<Checked>;
  return [size, modified, checked].every(Number.isFinite) && typeof sha256 === "string";
}

function keepRecord(folder: string, record: ReadonlyMap<string, Checked>): void {
  try {
    const text = JSON.stringify(Object.fromEntries(record), null, 2);
    writeAtomically(join(folder, CHECK_RECORD), [`${text}\n`]);
  } catch {
    // a folder that may not be written to: the next load computes them again
  }
}
