/**
 * Finding native libraries: an explicit search, to an absolute path.
 *
 * @module
 */

import { basename, join, resolve } from "node:path";
import { messageOf, MissingError } from "../base/errors.ts";
import { BUILD, type PackedFile } from "../base/installation.ts";
import { libraryChange } from "./library_check.ts";
import { unpack } from "./packed.ts";
import { libraryPlaces, type Place, setupFolder, variable } from "./places.ts";
import { loadProblem } from "./shared_object.ts";

/** File names by operating system, the preferred first; a name ending in `*` is a prefix. */
export type LibraryFiles = Readonly<Partial<Record<typeof Deno.build.os, readonly string[]>>>;

/** A native library that Stackbench uses. */
export interface LibrarySpec {
  /** Name for people. */
  readonly name: string;
  /** Its files. */
  readonly files: LibraryFiles;
  /** Files of versions whose interface differs, which are refused. */
  readonly refused: LibraryFiles;
  /** Environment variable with the path of the file. */
  readonly variable: string;
  /** The command that gets it. */
  readonly advice: string;
  /** Whether only a GPU needs it, so that it is not missed on other machines. */
  readonly gpu: boolean;
}

/** Every native library, by key. */
export const LIBRARIES = {
  onednn: {
    name: "oneDNN 3.x",
    files: {
      linux: ["libdnnl.so.3", "libdnnl.so.3.*"],
      darwin: ["libdnnl.3.dylib", "libdnnl.3.*"],
      windows: ["dnnl.dll"],
    },
    refused: {
      linux: ["libdnnl.so.2", "libdnnl.so.2.*", "libdnnl.so.1", "libdnnl.so.1.*"],
      darwin: ["libdnnl.2.dylib", "libdnnl.1.dylib"],
    },
    variable: "STACKBENCH_ONEDNN",
    advice: "run `stackbench setup` (in a checkout: deno task setup), install oneDNN 3.x from " +
      "your distribution, or set STACKBENCH_ONEDNN to the path of the library",
    gpu: false,
  },
  cuda: {
    name: "CUDA driver",
    files: { linux: ["libcuda.so.1"], windows: ["nvcuda.dll"] },
    refused: {},
    variable: "STACKBENCH_CUDA",
    advice: "install NVIDIA's driver for this GPU, or set STACKBENCH_CUDA to the path of " +
      "libcuda.so.1",
    gpu: true,
  },
  nvml: {
    name: "NVML",
    files: { linux: ["libnvidia-ml.so.1"], windows: ["nvml.dll"] },
    refused: {},
    variable: "STACKBENCH_NVML",
    advice: "it comes with NVIDIA's driver; or set STACKBENCH_NVML to the path of " +
      "libnvidia-ml.so.1",
    gpu: true,
  },
  nvrtc: {
    name: "NVRTC 12 or 13",
    files: { linux: ["libnvrtc.so.13", "libnvrtc.so.12"] },
    refused: { linux: ["libnvrtc.so.11.2", "libnvrtc.so.11.*"] },
    variable: "STACKBENCH_NVRTC",
    advice: "run `stackbench setup --gpu` (in a checkout: deno task setup --gpu), or set " +
      "STACKBENCH_NVRTC to the path of libnvrtc.so",
    gpu: true,
  },
  cublaslt: {
    name: "cuBLASLt 12 or 13",
    files: { linux: ["libcublasLt.so.13", "libcublasLt.so.12"] },
    refused: {},
    variable: "STACKBENCH_CUBLASLT",
    advice: "run `stackbench setup --gpu` (in a checkout: deno task setup --gpu), or set " +
      "STACKBENCH_CUBLASLT to the path of libcublasLt.so, of the CUDA version that cuDNN is of",
    gpu: true,
  },
  cudnn: {
    name: "cuDNN 9",
    files: { linux: ["libcudnn.so.9"] },
    refused: { linux: ["libcudnn.so.8", "libcudnn.so.8.*", "libcudnn.so.7"] },
    variable: "STACKBENCH_CUDNN",
    advice: "run `stackbench setup --gpu` (in a checkout: deno task setup --gpu), or set " +
      "STACKBENCH_CUDNN to the path of libcudnn.so.9",
    gpu: true,
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

/** What a search came to: a library, or why there is none and what to do. */
export type LibrarySearch =
  | { readonly found: FoundLibrary; readonly problem?: undefined }
  | { readonly found: null; readonly problem: string };

/**
 * Looks for a library: its environment variable, then every place in order, then what this program
 * brings along. A variable that names
 * no file, or a version that is refused, finds nothing, so that a typing mistake does not silently
 * choose another library.
 *
 * @param places folders to look in (default: those of this machine)
 * @param valueOf value of an environment variable (default: that of this process)
 */
export function searchLibrary(
  key: LibraryKey,
  places: readonly Place[] = libraryPlaces(),
  valueOf: (name: string) => string | undefined = variable,
): LibrarySearch {
  const spec: LibrarySpec = LIBRARIES[key];
  const named = valueOf(spec.variable);
  if (named) return searchNamed(spec, resolve(named));
  const found = firstOf(spec.files, places);
  if (found) return loadable(spec, found);
  const packed = PACKED[key] ?? null;
  if (packed !== null) return unpacked(spec, packed);
  const old = firstOf(spec.refused, places);
  return {
    found: null,
    problem: old
      ? `${spec.name} was not found, only ${basename(old.path)}, whose interface differs`
      : `${spec.name} was not found`,
  };
}

/** Whether the user's environment names the file, so that no other is looked for. */
export function namedByUser(key: LibraryKey): boolean {
  return variable(LIBRARIES[key].variable) !== undefined;
}

/** The library, or null where `searchLibrary` finds none. */
export function findLibrary(key: LibraryKey): FoundLibrary | null {
  return searchLibrary(key).found;
}

/**
 * The library, ready to be loaded, or an error that says why there is none and which command gets it.
 *
 * @throws MissingError when it is nowhere, or only in a version that is refused; as
 *   {@linkcode requireUnchanged}
 */
export function requireLibrary(key: LibraryKey): FoundLibrary {
  const { found, problem } = searchLibrary(key);
  if (!found) throw new MissingError(problem, { advice: LIBRARIES[key].advice });
  requireUnchanged(key, found.path);
  return found;
}

/**
 * Refuses a library in a folder of `setup` that is not what `setup` fetched, unless the environment
 * names it: then it is the user's own.
 *
 * @throws ChangedLibraryError with the command that fetches it again
 */
export function requireUnchanged(key: LibraryKey, path: string): void {
  const change = namedByUser(key) ? null : libraryChange(key, path);
  if (change === null) return;
  const { name, variable, gpu } = LIBRARIES[key];
  const command = gpu ? "setup --gpu" : "setup";
  throw new ChangedLibraryError(`${name} is not loaded: ${change}`, {
    advice: `run \`stackbench ${command}\` (in a checkout: deno task ${command}) to fetch it ` +
      `again, or set ${variable} to the path of a library of your own`,
  });
}

/** A native library that is not what `setup` fetched. No other is taken in its place. */
export class ChangedLibraryError extends MissingError {}

/** Libraries that this program brings along. */
const PACKED: Readonly<Partial<Record<LibraryKey, PackedFile | null>>> = { onednn: BUILD.onednn };

/** A library that this program brings along, from now on in the user's cache. */
function unpacked(spec: LibrarySpec, packed: PackedFile): LibrarySearch {
  try {
    const path = unpack(packed, setupFolder());
    return loadable(spec, { path, where: "unpacked from this program" });
  } catch (error) {
    return { found: null, problem: `${spec.name} could not be unpacked: ${messageOf(error)}` };
  }
}

/** A library, unless loading it would fail or end the process. */
function loadable({ name }: LibrarySpec, found: FoundLibrary): LibrarySearch {
  const problem = loadProblem(found.path);
  if (problem === null) return { found };
  return { found: null, problem: `${name} at ${found.path} cannot be loaded: ${problem}` };
}

/** A file that the environment names: it may have any name but a refused one. */
function searchNamed(spec: LibrarySpec, path: string): LibrarySearch {
  const refused = spec.refused[Deno.build.os] ?? [];
  if (refused.some((pattern) => matches(basename(path), pattern))) {
    return {
      found: null,
      problem: `${spec.variable} names ${basename(path)}, but ${spec.name} is needed`,
    };
  }
  if (isFile(path)) return loadable(spec, { path, where: spec.variable });
  return { found: null, problem: `${spec.variable} names a file that cannot be read: ${path}` };
}

function firstOf(files: LibraryFiles, places: readonly Place[]): FoundLibrary | null {
  const patterns = files[Deno.build.os] ?? [];
  for (const { where, folder } of places) {
    const names = namesIn(folder);
    for (const pattern of patterns) {
      const name = names.find((candidate) =>
        matches(candidate, pattern) && isFile(join(folder, candidate))
      );
      if (name) return { path: join(folder, name), where };
    }
  }
  return null;
}

/** Unfinished downloads end in `.tmp` and never match. */
function matches(name: string, pattern: string): boolean {
  if (!pattern.endsWith("*")) return name === pattern;
  return name.startsWith(pattern.slice(0, -1)) && !name.endsWith(".tmp");
}

/** Names in a folder, in order. */
function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
  } catch {
    // the folder is not there or may not be read: nothing to find in it
    return [];
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    // not there, a dangling link, or no permission
    return false;
  }
}
