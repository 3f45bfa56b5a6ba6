/**
 * Pinned memory that outlasts who took it: pinning takes longer than copying what it holds.
 *
 * @module
 */

import type { Memory, PinnedMemory } from "./memory.ts";

/** Pieces that are kept at most: those of one scan. */
const MOST_KEPT = 4;

/** Pinned memory, of which some is kept for the next who needs as much. */
export class PinnedPool implements Disposable {
  readonly #memory: Pick<Memory, "allocatePinned">;
  /** The one that was given back last is the last. */
  #kept: PinnedMemory[] = [];

  /** @param memory that it is taken from */
  constructor(memory: Pick<Memory, "allocatePinned">) {
    this.#memory = memory;
  }

  /**
   * Pinned memory, which holds anything. Its disposal gives it back: nothing may use it any more.
   *
   * @param what it is for, to be named in an error
   * @throws MissingError when the host has no room
   */
  take(bytes: number, what: string): PinnedMemory {
    const found = this.#kept.findLastIndex((one) => one.bytes.length === bytes);
    const [memory] = found < 0
      ? [this.#memory.allocatePinned(bytes, what)]
      : this.#kept.splice(found, 1);
    return { bytes: memory.bytes, [Symbol.dispose]: () => this.#keep(memory) };
  }

  #keep(memory: PinnedMemory): void {
    this.#kept.push(memory);
    if (this.#kept.length > MOST_KEPT) this.#kept.shift()![Symbol.dispose]();
  }

  /** Frees what is kept. */
  [Symbol.dispose](): void {
    using stack = new DisposableStack();
    for (const memory of this.#kept.splice(0)) stack.use(memory);
  }
}
