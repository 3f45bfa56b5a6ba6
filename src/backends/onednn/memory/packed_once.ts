/**
 * Weights that several primitives share.
 *
 * @module
 */

import type { Handle } from "../library/handles.ts";
import type { Layout } from "../library/layout.ts";
import type { Session } from "../library/session.ts";
import type { Tensors } from "./tensors.ts";

/** Weights that are packed once for all primitives that want them in the same way. */
export class PackedOnce {
  readonly #session: Session;
  readonly #tensors: Tensors;
  readonly #make: () => Float32Array<ArrayBuffer>;
  readonly #packed: Handle[] = [];

  /** Packs nothing yet. */
  constructor(session: Session, tensors: Tensors, make: () => Float32Array<ArrayBuffer>) {
    this.#session = session;
    this.#tensors = tensors;
    this.#make = make;
  }

  /**
   * The weights as a primitive wants them.
   *
   * @param layout how they lie as it sees them
   * @param wanted the descriptor that it asks for
   * @param seen makes of them what it sees; default: it sees them as they are
   */
  in(
    layout: Layout,
    wanted: bigint,
    seen: (weights: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer> = (weights) => weights,
  ): Handle {
    const found = this.#packed.find((memory) => this.#session.lies(memory, wanted));
    if (found) return found;
    const packed = this.#tensors.pack(() => seen(this.#make()), layout, wanted);
    this.#packed.push(packed);
    return packed;
  }
}
