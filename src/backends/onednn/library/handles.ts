/**
 * Owners of oneDNN's handles: each is closed exactly once, and how many are open is counted.
 *
 * @module
 */

import { STATUS } from "./constants.ts";
import { check, type Library } from "./library.ts";
import type { Symbols } from "./symbols.ts";

/** Functions that end the life of a handle. */
export type Destroyer = {
  [K in keyof Symbols]: K extends `${string}_destroy` ? K : never;
}[keyof Symbols];

/** Receives a new handle. */
export type Out = BigUint64Array<ArrayBuffer>;

/** Makes a handle: writes it and gives the status. */
export type Create = (out: Out) => number;

/** Receives new handles; calls do not overlap, so one serves all. */
const OUT: Out = new BigUint64Array(1);

let open = 0;

/** Handles that are open in all: 0 once everything is disposed. */
export function openHandles(): number {
  return open;
}

/** An owned handle of an engine, a stream, a memory, a descriptor, attributes or a primitive. */
export class Handle implements Disposable {
  readonly #library: Library;
  readonly #destroyer: Destroyer;
  #id: bigint;

  private constructor(library: Library, destroyer: Destroyer, id: bigint) {
    this.#library = library;
    this.#destroyer = destroyer;
    this.#id = id;
    open++;
  }

  /**
   * Makes a handle.
   *
   * @param destroyer the function that ends its life
   * @param context what it is for, to be named in an error
   * @throws NativeError when the status is not success
   */
  static create(library: Library, destroyer: Destroyer, context: string, create: Create): Handle {
    check(create(OUT), destroyer.replace("_destroy", "_create"), context);
    return new Handle(library, destroyer, OUT[0]);
  }

  /**
   * Makes a handle; undefined where the library implements nothing of this kind.
   *
   * @throws NativeError for any other status
   */
  static attempt(
    library: Library,
    destroyer: Destroyer,
    context: string,
    create: Create,
  ): Handle | undefined {
    const status = create(OUT);
    if (status === STATUS.unimplemented) return undefined;
    check(status, destroyer.replace("_destroy", "_create"), context);
    return new Handle(library, destroyer, OUT[0]);
  }

  /** What the library knows it by. */
  get id(): bigint {
    if (this.#id === 0n) throw new TypeError(`use of a closed handle (${this.#destroyer})`);
    return this.#id;
  }

  /** Closes it; a second call does nothing. */
  [Symbol.dispose](): void {
    if (this.#id === 0n) return;
    const id = this.#id;
    this.#id = 0n;
    open--;
    check(this.#library.symbols[this.#destroyer](id), this.#destroyer, "disposal");
  }
}
