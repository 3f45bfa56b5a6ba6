/**
 * The folders that are searched for native libraries, in order.
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { BUILD, checkoutFolder } from "../base/installation.ts";
import { removeIfThere } from "../base/is_there.ts";

/** A folder to look in. */
export interface Place {
  /** What it is, in words that hold no path. */
  readonly where: string;
  /** Its absolute path. */
  readonly folder: string;
}

/**
 * Folder of libraries of this project: `.stackbench/lib` in the checkout, wherever a command is run
 * from; in the working folder where there is no checkout.
 */
export function projectLibraryFolder(): string {
  return resolve(checkoutFolder() ?? ".", ".stackbench", "lib");
}

/** Folder of libraries of this user; null where the environment names no home. */
export function userLibraryFolder(): string | null {
  const home = variable("HOME") ?? variable("USERPROFILE");
  const cache = variable("XDG_CACHE_HOME") ?? (home ? join(home, ".cache") : undefined);
  return cache ? resolve(cache, "stackbench", "lib") : null;
}

/**
 * Where `setup` puts what it fetches: the project's folder; the user's cache for a compiled binary
 * and where the project's cannot be written to.
 */
export function setupFolder(): string {
  return writableAmong([projectLibraryFolder(), userLibraryFolder()]);
}

/**
 * A folder for what can be made again, such as `phantoms`: beside the project's libraries, or in the
 * user's cache, as {@linkcode setupFolder}.
 */
export function cacheFolder(name: string): string {
  const beside = (folder: string | null) => folder && join(dirname(folder), name);
  return writableAmong([beside(projectLibraryFolder()), beside(userLibraryFolder())]);
}

/** The first folder that exists, or can be made, and can be written to; else the last one. */
function writableAmong(folders: readonly (string | null)[]): string {
  const [project, user] = folders;
  const known = (checkoutFolder() === null ? [user, project] : [project, user])
    .filter((folder) => folder !== null);
  return known.find(isWritable) ?? known[known.length - 1];
}

function isWritable(folder: string): boolean {
  try {
    Deno.mkdirSync(folder, { recursive: true });
    // one name for all: where a process ends in between, the next one removes it
    const trial = join(folder, ".try.tmp");
    Deno.openSync(trial, { write: true, create: true }).close();
    removeIfThere(trial);
    return true;
  } catch {
    // read-only, full, or without leave
    return false;
  }
}

/**
 * All folders, the first to be preferred: the project's, the user's cache, beside a compiled
 * binary, where pip and conda install shared libraries, the system's. In an image what it was built
 * with comes first.
 */
export function libraryPlaces(): Place[] {
  const project = { where: "the project's library folder", folder: projectLibraryFolder() };
  const user = userLibraryFolder();
  const users = user ? [{ where: "the user's cache", folder: user }] : [];
  const beside = BUILD.installation !== "checkout"
    ? [{ where: "beside the binary", folder: dirname(Deno.execPath()) }]
    : [];
  return [
    ...(BUILD.installation === "image"
      ? [...beside, ...users, project]
      : [project, ...users, ...beside]),
    ...pipFolders().map((folder) => ({ where: "a Python environment", folder })),
    ...systemFolders().map((folder) => ({ where: "the system", folder })),
  ];
}

/**
 * The `lib` folders of Python environments: wheels install their shared libraries there, NVIDIA's
 * (which PyTorch brings along) in folders of their own below `site-packages/nvidia`.
 */
function pipFolders(): string[] {
  const home = variable("HOME");
  return [variable("VIRTUAL_ENV"), variable("CONDA_PREFIX"), home && join(home, ".local")]
    .flatMap((prefix) => (prefix ? [resolve(prefix, "lib")] : []))
    .flatMap((lib) => [lib, ...nvidiaFolders(lib)]);
}

/** `lib/python3.11/site-packages/nvidia/cudnn/lib` and its neighbours, in order. */
function nvidiaFolders(lib: string): string[] {
  return foldersIn(lib).filter((name) => name.startsWith("python3")).flatMap((python) => {
    const packages = join(lib, python, "site-packages", "nvidia");
    return foldersIn(packages).map((name) => join(packages, name, "lib"));
  });
}

function foldersIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile }) => !isFile).map(({ name }) => name)
      .sort();
  } catch {
    // not there, or no permission: nothing to find in it
    return [];
  }
}

function systemFolders(): string[] {
  const arch = { x86_64: "x86_64-linux-gnu", aarch64: "aarch64-linux-gnu" }[Deno.build.arch];
  if (Deno.build.os === "linux") {
    // where containers and WSL put NVIDIA's driver
    const driver = ["/usr/local/nvidia/lib64", "/usr/lib/wsl/lib"];
    const cuda = "/usr/local/cuda/lib64";
    return ["/usr/local/lib", `/usr/lib/${arch}`, "/usr/lib64", "/usr/lib", cuda, ...driver];
  }
  return Deno.build.os === "darwin" ? ["/opt/homebrew/lib", "/usr/local/lib"] : [];
}

/** An environment variable; undefined where it is not set, empty, or may not be read. */
export function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch {
    // without --allow-env nothing is set
    return undefined;
  }
}
