/**
 * What the library says of a primitive before it is made.
 *
 * @module
 */

import { QUERY, STATUS } from "./constants.ts";
import { Handle } from "./handles.ts";
import { check, type Library } from "./library.ts";

/** More than the library has for any primitive. */
const MOST_IMPLEMENTATIONS = 64;

/** A chosen implementation of a primitive. */
export class PrimitiveDescriptor implements Disposable {
  readonly #library: Library;
  #implementation: string;
  readonly #handle: Handle;

  /** Takes over a handle. */
  constructor(library: Library, handle: Handle) {
    this.#library = library;
    this.#handle = handle;
    this.#implementation = this.#name();
  }

  /** What the library calls it. */
  get implementation(): string {
    return this.#implementation;
  }

  /** Goes on to a later choice of the library by its name; false, and it is spent, where there is none. */
  advance(to: string): boolean {
    const { symbols } = this.#library;
    for (let i = 0; i < MOST_IMPLEMENTATIONS; i++) {
      if (symbols.dnnl_primitive_desc_next_impl(this.id) !== STATUS.success) return false;
      this.#implementation = this.#name();
      if (this.#implementation === to) return true;
    }
    return false;
  }

  #name(): string {
    const text = new BigUint64Array(1);
    check(
      this.#library.symbols.dnnl_primitive_desc_query(this.id, QUERY.implementation, 0, text),
      "dnnl_primitive_desc_query",
      "an implementation's name",
    );
    return Deno.UnsafePointerView.getCString(Deno.UnsafePointer.create(text[0])!);
  }

  get id(): bigint {
    return this.#handle.id;
  }

  /** Whether it is one of the library's plain loops, which take minutes where others take ms. */
  get slow(): boolean {
    return this.implementation.includes("ref");
  }

  /** Descriptor of the weights as it wants them; lives as long as this. */
  get weights(): bigint {
    return this.#library.symbols.dnnl_primitive_desc_query_md(this.id, QUERY.weights, 0);
  }

  /** Descriptor of the gradient of weights as it makes it; lives as long as this. */
  get diffWeights(): bigint {
    return this.#library.symbols.dnnl_primitive_desc_query_md(this.id, QUERY.diffWeights, 0);
  }

  /** Descriptor of what it leaves for its gradient; lives as long as this. */
  get workspace(): bigint {
    return this.#library.symbols.dnnl_primitive_desc_query_md(this.id, QUERY.workspace, 0);
  }

  /** Descriptor of its scratchpad; lives as long as this. */
  get scratchpad(): bigint {
    return this.#library.symbols.dnnl_primitive_desc_query_md(this.id, QUERY.scratchpad, 0);
  }

  /** Makes the primitive. */
  create(context: string): Handle {
    return Handle.create(
      this.#library,
      "dnnl_primitive_destroy",
      context,
      (out) => this.#library.symbols.dnnl_primitive_create(out, this.id),
    );
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.#handle[Symbol.dispose]();
  }
}
