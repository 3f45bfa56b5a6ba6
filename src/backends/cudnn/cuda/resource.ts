/**
 * Native resources: things with a handle, closed exactly once and counted while they are open.
 *
 * @module
 */

let open = 0;

/** Number of native resources that are open in all: 0 once everything is disposed. */
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
