/**
 * Finding native libraries: an explicit search, to an absolute path.
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";

/** A native library that Stackbench uses. */
export interface LibrarySpec {
  /** Name for people. */
  readonly name: string;
  /** File names by operating system, the preferred first; a name ending in `*` is a prefix. */
  readonly files: Readonly<Partial<Record<typeof Deno.build.os, readonly string[]>>>;
  /** Environment variable with the path of the file. */
  readonly variable: string;
  /** The command that gets it. */
  readonly advice: string;
}

/** Every native library, by key. */
export const LIBRARIES = {
  onednn: {
    name: "oneDNN 3.x",
    files: {
      linux: ["libdnnl.so.3", "libdnnl.so.3*"],
      darwin: ["libdnnl.3.dylib", "libdnnl.3*"],
      windows: ["dnnl.dll"],
    },
    variable: "STACKBENCH_ONEDNN",
    advice: "run `stackbench setup` (in a checkout: deno task setup), install oneDNN 3.x from " +
      "your distribution, or set STACKBENCH_ONEDNN to the path of the library",
  },
} as const satisfies Readonly<Record<string, LibrarySpec>>;

/** Key of a native library. */
export type LibraryKey = keyof typeof LIBRARIES;

/** A library that was found. */
export interface FoundLibrary {
  /** Absolute path. */
  readonly path: string;
  /** Where it was found, in words that hold no path. */
  readonly where: string;
}

/** A place to look in. */
interface Place {
  readonly where: string;
  readonly folder: string;
}

/** Folder of libraries of this project. */
export function projectLibraryFolder(): string {
  return resolve(".stackbench", "lib");
}

/** Folder of libraries of this user; null where the environment names no home. */
export function userLibraryFolder(): string | null {
  const home = variable("HOME") ?? variable("USERPROFILE");
  const cache = variable("XDG_CACHE_HOME") ?? (home ? join(home, ".cache") : undefined);
  return cache ? join(cache, "stackbench", "lib") : null;
}

/**
 * Looks for a library: the environment variable, `.stackbench/lib`, the user's cache, beside the
 * binary, the system's folders. Null where it is nowhere; a variable that names no file finds
 * nothing, so that a typing mistake does not silently choose another library.
 */
export function findLibrary(key: LibraryKey): FoundLibrary | null {
  const spec: LibrarySpec = LIBRARIES[key];
  const named = variable(spec.variable);
  if (named) return isFile(named) ? { path: resolve(named), where: spec.variable } : null;
  for (const { where, folder } of places()) {
    for (const file of spec.files[Deno.build.os] ?? []) {
      const path = matchIn(folder, file);
      if (path) return { path, where };
    }
  }
  return null;
}

function places(): Place[] {
  const places: Place[] = [{
    where: "the project's library folder",
    folder: projectLibraryFolder(),
  }];
  const user = userLibraryFolder();
  if (user) places.push({ where: "the user's cache", folder: user });
  places.push({ where: "beside the binary", folder: dirname(Deno.execPath()) });
  const arch = { x86_64: "x86_64-linux-gnu", aarch64: "aarch64-linux-gnu" }[Deno.build.arch];
  const system = {
    linux: [`/usr/lib/${arch}`, "/usr/local/lib", "/usr/lib64", "/usr/lib"],
    darwin: ["/opt/homebrew/lib", "/usr/local/lib"],
  };
  const folders = Deno.build.os === "linux" || Deno.build.os === "darwin"
    ? system[Deno.build.os]
    : [];
  places.push(...folders.map((folder) => ({ where: "the system", folder })));
  return places;
}

/** A file of a folder by its name, or the first in order whose name has the prefix. */
function matchIn(folder: string, name: string): string | null {
  if (!name.endsWith("*")) return isFile(join(folder, name)) ? join(folder, name) : null;
  try {
    const prefix = name.slice(0, -1);
    const names = [...Deno.readDirSync(folder)].map((entry) => entry.name)
      .filter((candidate) => candidate.startsWith(prefix) && !candidate.endsWith(".tmp")).sort();
    return names.length ? join(folder, names[0]) : null;
  } catch {
    // the folder is not there or may not be read: nothing to find in it
    return null;
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch {
    return undefined;
  }
}
