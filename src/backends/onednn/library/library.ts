/**
 * The open library: loading, version, statuses.
 *
 * @module
 */

import { messageOf, MissingError, NativeError } from "../../../base/errors.ts";
import { LIBRARIES } from "../../../platform/libraries.ts";
import { STATUS, STATUS_NAMES } from "./constants.ts";
import { SYMBOLS, type Symbols } from "./symbols.ts";

/** Version as the library tells it. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Commit that it was built from; empty where it does not say. */
  readonly commit: string;
}

/** The major version whose interface this backend speaks. */
const MAJOR = 3;

const VERSION_ONLY = { dnnl_version: SYMBOLS.dnnl_version } as const;

/**
 * Throws unless a status is success.
 *
 * @param call the function that returned it
 * @param context what it was called for, such as the name of a layer
 */
export function check(status: number, call: string, context: string): void {
  if (status === STATUS.success) return;
  const name = STATUS_NAMES[status] ?? `status ${status}`;
  throw new NativeError(`${call} for ${context}: ${name}`, { details: { call, status, context } });
}

/** oneDNN, open. */
export class Library implements Disposable {
  /** Absolute path that it was opened from. */
  readonly path: string;
  readonly symbols: Symbols;
  readonly version: Version;
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;

  /**
   * Opens a shared library.
   *
   * @param path its absolute path
   * @throws MissingError when it cannot be loaded or is not of version 3
   */
  constructor(path: string) {
    this.path = path;
    this.version = versionOf(path);
    this.#library = load(path, SYMBOLS);
    this.symbols = this.#library.symbols;
  }

  /** Unloads it. */
  [Symbol.dispose](): void {
    this.#library.close();
  }
}

/** Reads the version before anything else is looked for: other versions lack other functions. */
function versionOf(path: string): Version {
  const library = load(path, VERSION_ONLY);
  try {
    const view = new Deno.UnsafePointerView(
      Deno.UnsafePointer.create(library.symbols.dnnl_version())!,
    );
    // struct { int major, minor, patch; const char *hash; unsigned cpu_runtime, gpu_runtime; }
    const [major, minor, patch] = [0, 4, 8].map((offset) => view.getInt32(offset));
    const hash = Deno.UnsafePointer.create(view.getBigUint64(16));
    const commit = hash ? Deno.UnsafePointerView.getCString(hash) : "";
    if (major !== MAJOR) {
      throw new MissingError(
        `oneDNN ${major}.${minor}.${patch} was found, whose interface differs: version 3 is needed`,
        { advice: LIBRARIES.onednn.advice, details: { major, minor, patch } },
      );
    }
    return { major, minor, patch, commit };
  } finally {
    library.close();
  }
}

/**
 * Turns that a thread of libgomp spins for its next work before it sleeps. Its own default spins
 * for milliseconds: where something else wants the cores, each of a network's hundreds of parallel
 * regions then waits for a whole time slice (U-Net 512x512: 2.4 s instead of 1.4 s beside one busy
 * process). This many cost nothing on an idle machine either (0.56 s both).
 */
const SPIN_COUNT = "1000";

/** Sets how long threads spin, unless the user has; libgomp reads it when it is loaded. */
function settleThreads(): void {
  try {
    if (Deno.env.has("GOMP_SPINCOUNT") || Deno.env.has("OMP_WAIT_POLICY")) return;
    Deno.env.set("GOMP_SPINCOUNT", SPIN_COUNT);
  } catch {
    // without permission to the environment the library's default holds
  }
}

/** `RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE` of glibc. */
const STAY = 0x2 | 0x4 | 0x1000;

/**
 * Keeps the library, and libgomp that it stands on, in the process for good. Threads of libgomp sleep
 * in its code between two uses and outlive a library that is closed: where that unloaded libgomp, they
 * would wake into memory that is gone.
 */
function keepLoaded(path: string): void {
  if (Deno.build.os !== "linux") return;
  try {
    using libc = new DisposableStack();
    // void *dlopen(const char *filename, int flags)
    const { symbols } = libc.adopt(
      Deno.dlopen("libc.so.6", { dlopen: { parameters: ["buffer", "i32"], result: "pointer" } }),
      (library) => library.close(),
    );
    for (const name of [path, "libgomp.so.1"]) {
      symbols.dlopen(new TextEncoder().encode(`${name}\0`), STAY);
    }
  } catch {
    // another C library, or one that has dlopen elsewhere: threads are left to luck there
  }
}

function load<S extends Deno.ForeignLibraryInterface>(
  path: string,
  symbols: S,
): Deno.DynamicLibrary<S> {
  settleThreads();
  try {
    const library = Deno.dlopen(path, symbols);
    keepLoaded(path);
    return library;
  } catch (cause) {
    const reason = messageOf(cause).replace(/^(Could not open library: )+/, "");
    throw new MissingError(`oneDNN cannot be loaded: ${reason}`, {
      cause,
      advice: `${LIBRARIES.onednn.advice}; it stands on libgomp (Debian, Ubuntu: libgomp1)`,
    });
  }
}
