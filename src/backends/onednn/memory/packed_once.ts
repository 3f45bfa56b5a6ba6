/**
 * Weights that several primitives share.
 *
 * @module
 */

import type { Handle } from "../library/handles.ts";
import type { Layout } from "../library/layout.ts";
import type { Tensors } from "./tensors.ts";

/** Weights that the first primitive to want them packs, for all others that want them so. */
export class PackedOnce {
  readonly #tensors: Tensors;
  readonly #make: () => Float32Array<ArrayBuffer>;
  #packed: Handle | undefined;

  /** Packs nothing yet. */
  constructor(tensors: Tensors, make: () => Float32Array<ArrayBuffer>) {
    this.#tensors = tensors;
    this.#make = make;
  }

  /**
   * The weights as a primitive wants them.
   *
   * @param layout how they lie as it sees them
   * @param wanted the descriptor that it asks for
   * @param seen makes of them what it sees
   */
  in(
    layout: Layout,
    wanted: bigint,
    seen: (weights: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>,
  ): Handle {
    return this.#packed ??= this.#tensors.pack(() => seen(this.#make()), layout, wanted);
  }
}
