/**
 * One stretch of memory for tensors that are never in use at the same time.
 *
 * @module
 */

import { allocateBuffer, type Buffer } from "../../buffers.ts";
import type { Handle } from "../library/handles.ts";
import type { Session } from "../library/session.ts";

/** Memories that share a stretch, which is taken once all of them are known. */
export class SharedMemory {
  readonly #members: { readonly memory: Handle; readonly offset: number }[] = [];
  #bytes = 0;
  #buffer: Buffer | undefined;

  /** Adds a memory of some bytes, which begins some bytes into the stretch. */
  add(memory: Handle, bytes: number, offset = 0): void {
    this.#members.push({ memory, offset });
    this.#bytes = Math.max(this.#bytes, offset + bytes);
  }

  /** Takes the stretch and gives every memory its address; says how many bytes it has. */
  place(session: Session): number {
    this.#buffer = allocateBuffer(this.#bytes);
    const { address } = this.#buffer;
    for (const { memory, offset } of this.#members) session.place(memory, address + BigInt(offset));
    return this.#bytes;
  }
}
