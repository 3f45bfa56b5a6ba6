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

/**
 * Opens a shared library.
 *
 * @throws MissingError when it cannot be loaded, with the command that gets it
 */
export function openLibrary<S extends Deno.ForeignLibraryInterface>(
  key: LibraryKey,
  path: string,
  symbols: S,
): Deno.DynamicLibrary<S> {
  try {
    return Deno.dlopen(path, symbols);
  } catch (cause) {
    const reason = messageOf(cause).replace(/^(Could not open library: )+/, "");
    const { name, advice } = LIBRARIES[key];
    throw new MissingError(`${name} cannot be loaded: ${reason}`, { cause, advice });
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
