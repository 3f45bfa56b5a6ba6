/**
 * What calls of native libraries have in common: opening, out-parameters and text.
 *
 * @module
 */

import { messageOf, MissingError } from "../../../base/errors.ts";
import { LIBRARIES, type LibraryKey } from "../../../platform/libraries.ts";

/** Receives a handle or an address; calls do not overlap, so one serves all. */
export const OUT: BigUint64Array<ArrayBuffer> = new BigUint64Array(1);

/** Receives an `int`. */
export const OUT_INT: Int32Array<ArrayBuffer> = new Int32Array(1);

/** `RTLD_LAZY | RTLD_NODELETE` of Linux: a library that is never unloaded. */
const FOR_GOOD = 0x1001;

/** Paths of libraries that stay. */
const STAYING = new Set<string>();

/**
 * A shared library, which stays in the process when it is closed: drivers do not like to be unloaded,
 * and loading cuDNN again takes longer than opening a GPU.
 *
 * @throws MissingError when it cannot be loaded, with the command that gets it
 */
export function openLibrary<S extends Deno.ForeignLibraryInterface>(
  key: LibraryKey,
  path: string,
  symbols: S,
): Deno.DynamicLibrary<S> {
  try {
    const library = Deno.dlopen(path, symbols);
    keep(path);
    return library;
  } catch (cause) {
    const reason = messageOf(cause).replace(/^(Could not open library: )+/, "");
    const { name, advice } = LIBRARIES[key];
    throw new MissingError(`${name} cannot be loaded: ${reason}`, { cause, advice });
  }
}

/** Keeps a library for good, where the system's loader can be asked to. */
function keep(path: string): void {
  if (STAYING.has(path)) return;
  STAYING.add(path);
  for (const loader of ["libc.so.6", "libdl.so.2"]) {
    try {
      // void *dlopen(const char *filename, int flags)
      const { symbols, close } = Deno.dlopen(loader, {
        dlopen: { parameters: ["buffer", "i32"], result: "u64" },
      });
      symbols.dlopen(cText(path), FOR_GOOD);
      return close();
    } catch {
      // another loader, or none: then it is loaded again when it is opened again
    }
  }
}

/** The text at an address; empty at address 0. */
export function textAt(address: bigint): string {
  const pointer = Deno.UnsafePointer.create(address);
  return pointer ? Deno.UnsafePointerView.getCString(pointer) : "";
}

/** The text in a buffer, up to its first zero. */
export function textIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Text as C wants it. */
export function cText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
