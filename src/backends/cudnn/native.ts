/**
 * What the native libraries have in common: opening, text, and counting what is open.
 *
 * @module
 */

import { messageOf, MissingError } from "../../base/errors.ts";
import { LIBRARIES, type LibraryKey } from "../../platform/libraries.ts";

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

let open = 0;

/** Native resources that are open in all: 0 once everything is disposed. */
export function openResources(): number {
  return open;
}

/** Something native with a handle: closed exactly once. */
export class Resource implements Disposable {
  readonly #what: string;
  readonly #close: (id: bigint) => void;
  #id: bigint;

  /**
   * Takes over a handle.
   *
   * @param what it is, to be named in an error
   * @param close ends its life
   */
  constructor(what: string, id: bigint, close: (id: bigint) => void) {
    this.#what = what;
    this.#id = id;
    this.#close = close;
    open++;
  }

  /** The handle or address. */
  get id(): bigint {
    if (this.#id === 0n) throw new TypeError(`use of a closed ${this.#what}`);
    return this.#id;
  }

  /** Closes it; a second call does nothing. */
  [Symbol.dispose](): void {
    if (this.#id === 0n) return;
    const id = this.#id;
    this.#id = 0n;
    open--;
    this.#close(id);
  }
}
