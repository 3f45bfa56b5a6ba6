/**
 * Fetching native libraries with the user's own pip: pinned, checked, only the libraries kept.
 *
 * @module
 */

import { join } from "node:path";
import { writeAtomically } from "../base/atomic.ts";
import { InputError, InterruptedError, messageOf, MissingError } from "../base/errors.ts";
import { LOCK_FILE, lockFolder, waitForFolder } from "../base/folder_lock.ts";
import { sha256 } from "../base/hashing.ts";
import { isThere } from "../base/is_there.ts";
import { type TemporaryFolder, temporaryFolder } from "../base/temporary_folder.ts";
import { pipDownload } from "./pip.ts";
import { setupFolder } from "./places.ts";
import { entryOfWheel } from "./wheel.ts";

/** A wheel that holds a native library, and what of it is kept. */
export interface PinnedWheel {
  /** Name and version for pip. */
  readonly requirement: string;
  /** Size of the download, for people. */
  readonly size: string;
  /** SHA-256 of the wheel. */
  readonly sha256: string;
  /** Base name of the library in it. */
  readonly entry: string;
  /** Name under which it is kept. */
  readonly saveAs: string;
  /** Base names of libraries that it loads itself; they are kept under their own names. */
  readonly companions?: readonly string[];
  /** What else the user can do to get the library. */
  readonly otherwise: string;
}

/** How the names of folders for downloads begin. */
const PREFIX = "stackbench-setup-";

/** How to fetch; all of it has defaults. */
export interface FetchOptions {
  /** Told of every step before it is taken. */
  readonly say?: (message: string) => void;
  /** Where the library goes. */
  readonly folder?: string;
  /** The Python to run. */
  readonly python?: string;
  /** Where a folder for what is downloaded is made (default: the system's place). */
  readonly temporary?: string;
}

/** A wheel with oneDNN for x86-64 Linux. */
export const ONEDNN: PinnedWheel = {
  requirement: "onednn-cpu-gomp==2023.2.0",
  size: "39 MB",
  sha256: "2f22a54d6a890ed14bfa185d42a4be65d8b5b1df85dc1f0f3a9abe31620416fb",
  entry: "libdnnl.so.3.2",
  saveAs: "libdnnl.so.3",
  otherwise: "install oneDNN 3.x from your distribution, or set STACKBENCH_ONEDNN to its path",
};

/**
 * Fetches oneDNN into the folder of `setup`.
 *
 * @param say told of every step before it is taken
 * @returns the path of the library
 * @throws MissingError when there is no build for this platform, or python3, pip, the network or
 *   the disk fails, or the download is not the pinned one; InterruptedError on Ctrl-C. Nothing
 *   stays behind then
 */
export async function fetchOneDnn(say: (message: string) => void): Promise<string> {
  const { os, arch } = Deno.build;
  if (os !== "linux" || arch !== "x86_64") {
    throw new MissingError(`there is no pinned oneDNN for ${os} ${arch}`, {
      advice: ONEDNN.otherwise,
    });
  }
  return await fetchLibrary(ONEDNN, { say });
}

/**
 * Fetches the library of a wheel. Of processes that want it at the same time one downloads, and the
 * others wait for it; the finished file takes its name in one step.
 *
 * @returns the path of the library
 * @throws as `fetchOneDnn`
 */
export async function fetchLibrary(
  wheel: PinnedWheel,
  { say = () => {}, folder = setupFolder(), python = "python3", ...where }: FetchOptions = {},
): Promise<string> {
  using temporary = makeFolders(folder, where.temporary);
  const began = Date.now();
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  try {
    using _lock = await waitForFolder(folder, say);
    const path = join(folder, wheel.saveAs);
    if (writtenSince(path, began)) {
      say(`another process has fetched ${wheel.saveAs} meanwhile`);
      return path;
    }
    say(`downloading ${wheel.requirement} (${wheel.size}) with ${python} -m pip`);
    const { requirement, otherwise } = wheel;
    const signal = interruption.signal;
    const download = await pipDownload({
      requirement,
      folder: temporary.path,
      python,
      otherwise,
      signal,
    });
    if (download === null) throw new InterruptedError("interrupted: nothing was installed");
    return keepLibrary(Deno.readFileSync(download), wheel, folder, say);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  }
}

/**
 * Removes what fetches that were killed left: where the library had been written already, none is
 * fetched again that would. Never throws.
 */
export function clearUpFetches(): void {
  try {
    temporaryFolder(PREFIX)[Symbol.dispose]();
    const folder = setupFolder();
    if (isThere(join(folder, LOCK_FILE))) lockFolder(folder, () => {})[Symbol.dispose]();
  } catch {
    // in use, or nothing may be written here: whoever fetches says so
  }
}

/** Whether a file was written after a moment, in milliseconds. */
function writtenSince(path: string, moment: number): boolean {
  try {
    return Deno.statSync(path).mtime!.getTime() >= moment;
  } catch {
    return false;
  }
}

/** Checks the wheel and writes the one file. */
function keepLibrary(
  bytes: Uint8Array<ArrayBuffer>,
  wheel: PinnedWheel,
  folder: string,
  say: (message: string) => void,
): string {
  const found = sha256(bytes);
  if (found !== wheel.sha256) {
    throw new MissingError(
      `the download of ${wheel.requirement} is not the pinned one: its SHA-256 is ${found}`,
      {
        advice: "try again; if it stays so, the package index serves another file: " +
          wheel.otherwise,
        details: { expected: wheel.sha256, found },
      },
    );
  }
  const path = join(folder, wheel.saveAs);
  say(`its SHA-256 is as pinned; unpacking ${wheel.entry} to ${path}`);
  // the library itself last: until it is there nothing is found, and then all of it is
  for (const name of wheel.companions ?? []) {
    writeAtomically(join(folder, name), [entryOfWheel(bytes, name)]);
  }
  writeAtomically(path, [entryOfWheel(bytes, wheel.entry)]);
  return path;
}

/** The library's folder, made where it is missing, and a temporary one, which is returned. */
function makeFolders(folder: string, dir: string | undefined): TemporaryFolder {
  try {
    Deno.mkdirSync(folder, { recursive: true });
    return temporaryFolder(PREFIX, dir);
  } catch (cause) {
    throw new InputError(`a folder to download to could not be made: ${messageOf(cause)}`, {
      cause,
      advice: `${folder} and the folder for temporary files must be writable and have 200 MB free`,
    });
  }
}
