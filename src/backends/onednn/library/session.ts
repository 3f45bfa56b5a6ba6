/**
 * An engine with its stream, and what is made on it: descriptors, memories, primitives.
 *
 * @module
 */

import { MissingError } from "../../../base/errors.ts";
import type { Shape } from "../../../base/shapes.ts";
import { type DataType, ENGINE_CPU, STREAM_DEFAULT } from "./constants.ts";
import { Handle, type Out } from "./handles.ts";
import type { Layout } from "./layout.ts";
import { check, type Library } from "./library.ts";
import { describeAny, describeLayout } from "./memory_descriptor.ts";
import { createAttributes, type PostOp } from "./post_ops.ts";
import { PrimitiveDescriptor } from "./primitive_descriptor.ts";

/** Writes a new primitive descriptor and gives the status. */
export type Describe = (out: Out, attributes: bigint) => number;

/** Implementations to take instead of others that the library offers first. */
export type Preferences = ReadonlyMap<string, string>;

/**
 * Implementations that the library offers later than others that take longer: on AVX2, pointwise
 * convolutions of channels-last tensors take 0.8 to 0.9 of the time, with 4 to 1536 channels.
 */
export const PREFERRED_IMPLEMENTATIONS: Preferences = new Map([
  ["brgconv_1x1:avx2", "jit_1x1:avx2"],
]);

/** oneDNN ready to work. */
export class Session implements Disposable {
  /** The open library, which this owns. */
  readonly library: Library;
  readonly #engine: Handle;
  readonly #stream: Handle;

  /** Takes over an open library and makes an engine of the CPU and its stream. */
  constructor(library: Library) {
    using stack = new DisposableStack();
    this.library = stack.use(library);
    const { symbols } = library;
    this.#engine = stack.use(
      Handle.create(
        library,
        "dnnl_engine_destroy",
        "the CPU",
        (out) => symbols.dnnl_engine_create(out, ENGINE_CPU, 0n),
      ),
    );
    this.#stream = stack.use(
      Handle.create(
        library,
        "dnnl_stream_destroy",
        "the CPU",
        (out) => symbols.dnnl_stream_create(out, this.engine, STREAM_DEFAULT),
      ),
    );
    stack.move();
  }

  /** Handle of the engine. */
  get engine(): bigint {
    return this.#engine.id;
  }

  /** Handle of the stream. */
  get stream(): bigint {
    return this.#stream.id;
  }

  /** Waits until everything submitted is done. */
  wait(): void {
    check(this.library.symbols.dnnl_stream_wait(this.stream), "dnnl_stream_wait", "the CPU");
  }

  /** Memory descriptor of a layout. */
  descriptor(layout: Layout): Handle {
    return describeLayout(this.library, layout);
  }

  /** Memory descriptor whose layout the library may choose. */
  anyLayout(type: DataType, dims: Shape): Handle {
    return describeAny(this.library, type, dims);
  }

  /** A descriptor at an address, which may be set later where it is 0. */
  memory(descriptor: bigint, address: bigint): Handle {
    return Handle.create(
      this.library,
      "dnnl_memory_destroy",
      "a tensor",
      (out) => this.library.symbols.dnnl_memory_create(out, descriptor, this.engine, address),
    );
  }

  /** Moves a memory to an address. */
  place(memory: Handle, address: bigint): void {
    const status = this.library.symbols.dnnl_memory_set_data_handle(memory.id, address);
    check(status, "dnnl_memory_set_data_handle", "a tensor");
  }

  /** Whether a memory lies as a descriptor says. */
  lies(memory: Handle, descriptor: bigint): boolean {
    const { symbols } = this.library;
    const own = new BigUint64Array(1);
    const status = symbols.dnnl_memory_get_memory_desc(memory.id, own);
    check(status, "dnnl_memory_get_memory_desc", "a tensor");
    return symbols.dnnl_memory_desc_equal(own[0], descriptor) !== 0;
  }

  /** Bytes of what a descriptor describes. */
  byteSize(descriptor: bigint): number {
    return Number(this.library.symbols.dnnl_memory_desc_get_size(descriptor));
  }

  /**
   * A primitive descriptor; undefined where the library has no implementation.
   *
   * @throws NativeError for any other status
   */
  describe(
    context: string,
    describe: Describe,
    postOps: readonly PostOp[],
    preferences: Preferences = PREFERRED_IMPLEMENTATIONS,
  ): PrimitiveDescriptor | undefined {
    using attributes = createAttributes(this.library, context, postOps);
    const first = () => {
      const handle = Handle.attempt(
        this.library,
        "dnnl_primitive_desc_destroy",
        context,
        (out) => describe(out, attributes.id),
      );
      return handle && new PrimitiveDescriptor(this.library, handle);
    };
    const found = first();
    const preferred = found && preferences.get(found.implementation);
    if (!preferred || found.advance(preferred)) return found;
    found[Symbol.dispose]();
    return first();
  }

  /**
   * A primitive descriptor.
   *
   * @throws MissingError where the library has no implementation
   */
  demand(
    context: string,
    describe: Describe,
    postOps: readonly PostOp[],
    preferences: Preferences = PREFERRED_IMPLEMENTATIONS,
  ): PrimitiveDescriptor {
    const found = this.describe(context, describe, postOps, preferences);
    if (found) return found;
    throw new MissingError(`oneDNN has no implementation of ${context} on this machine`, {
      advice: "choose another precision, or --backend reference",
    });
  }

  /** Closes the stream, the engine and the library. */
  [Symbol.dispose](): void {
    using _library = this.library;
    using _engine = this.#engine;
    using _stream = this.#stream;
  }
}
