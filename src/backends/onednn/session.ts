/**
 * An engine with its stream, and what is made on it: descriptors, memories, primitives.
 *
 * @module
 */

import { MissingError } from "../../base/errors.ts";
import type { Shape } from "../../base/shapes.ts";
import {
  ALGORITHM,
  DATA_TYPE,
  type DataType,
  ENGINE_CPU,
  FORMAT_ANY,
  SCRATCHPAD_USER,
  STREAM_DEFAULT,
} from "./constants.ts";
import { Handle, type Out } from "./handles.ts";
import { check, type Library } from "./library.ts";
import { PrimitiveDescriptor } from "./primitive_descriptor.ts";
import type { Layout, View } from "./views.ts";

/** A function of each element. */
export interface Eltwise {
  /** What this is. */
  readonly kind: "eltwise";
  /** The function. */
  readonly algorithm: "eltwise_relu" | "eltwise_elu" | "eltwise_logistic" | "eltwise_linear";
  /** Its parameter: the slope of a relu below zero, the scale of an elu or a line. */
  readonly alpha: number;
  /** What is added to a line; 0 unless said. */
  readonly beta?: number;
}

/** An operation on the result of a primitive before it is stored. */
export type PostOp =
  | Eltwise
  | {
    readonly kind: "binary";
    readonly algorithm: "binary_add" | "binary_mul";
    readonly operand: View;
  }
  /** Slopes, one a channel. */
  | { readonly kind: "prelu"; readonly operand: View };

/** Writes a new primitive descriptor and gives the status. */
export type Describe = (out: Out, attributes: bigint) => number;

/** Mask of a value a channel: bit 1 for axis 1. */
const PER_CHANNEL = 2;

/**
 * Implementations that the library offers later than others that take longer: on AVX2, pointwise
 * convolutions of channels-last tensors take 0.8 to 0.9 of the time, with 4 to 1536 channels.
 */
const FASTER: ReadonlyMap<string, string> = new Map([["brgconv_1x1:avx2", "jit_1x1:avx2"]]);

/** oneDNN ready to work. */
export class Session implements Disposable {
  /** The library. */
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

  /** The engine's handle. */
  get engine(): bigint {
    return this.#engine.id;
  }

  /** The stream's handle. */
  get stream(): bigint {
    return this.#stream.id;
  }

  /** Waits until everything submitted is done. */
  wait(): void {
    check(this.library.symbols.dnnl_stream_wait(this.stream), "dnnl_stream_wait", "the CPU");
  }

  /** A memory descriptor. */
  descriptor({ type, dims, strides }: Layout): Handle {
    return Handle.create(
      this.library,
      "dnnl_memory_desc_destroy",
      dims.join("x"),
      (out) =>
        this.library.symbols.dnnl_memory_desc_create_with_strides(
          out,
          dims.length,
          dimensions(dims),
          DATA_TYPE[type],
          dimensions(strides),
        ),
    );
  }

  /** A memory descriptor whose layout the library may choose. */
  anyLayout(type: DataType, dims: Shape): Handle {
    return Handle.create(
      this.library,
      "dnnl_memory_desc_destroy",
      dims.join("x"),
      (out) =>
        this.library.symbols.dnnl_memory_desc_create_with_tag(
          out,
          dims.length,
          dimensions(dims),
          DATA_TYPE[type],
          FORMAT_ANY,
        ),
    );
  }

  /** A memory: a descriptor at an address, which may be set later where it is 0. */
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
  ): PrimitiveDescriptor | undefined {
    using attributes = this.#attributes(context, postOps);
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
    const faster = found && FASTER.get(found.implementation);
    if (!faster || found.advance(faster)) return found;
    found[Symbol.dispose]();
    return first();
  }

  /**
   * A primitive descriptor.
   *
   * @throws MissingError where the library has no implementation
   */
  demand(context: string, describe: Describe, postOps: readonly PostOp[]): PrimitiveDescriptor {
    const found = this.describe(context, describe, postOps);
    if (found) return found;
    throw new MissingError(`oneDNN has no implementation of ${context} on this machine`);
  }

  #attributes(context: string, postOps: readonly PostOp[]): Handle {
    const { symbols } = this.library;
    using stack = new DisposableStack();
    const attributes = stack.use(
      Handle.create(
        this.library,
        "dnnl_primitive_attr_destroy",
        context,
        (out) => symbols.dnnl_primitive_attr_create(out),
      ),
    );
    check(
      symbols.dnnl_primitive_attr_set_scratchpad_mode(attributes.id, SCRATCHPAD_USER),
      "dnnl_primitive_attr_set_scratchpad_mode",
      context,
    );
    if (postOps.length > 0) {
      using list = Handle.create(
        this.library,
        "dnnl_post_ops_destroy",
        context,
        (out) => symbols.dnnl_post_ops_create(out),
      );
      for (const op of postOps) {
        check(this.#append(list.id, op), `dnnl_post_ops_append_${op.kind}`, context);
      }
      check(
        symbols.dnnl_primitive_attr_set_post_ops(attributes.id, list.id),
        "dnnl_primitive_attr_set_post_ops",
        context,
      );
    }
    stack.move();
    return attributes;
  }

  #append(list: bigint, op: PostOp): number {
    const { symbols } = this.library;
    switch (op.kind) {
      case "eltwise":
        return symbols.dnnl_post_ops_append_eltwise(
          list,
          ALGORITHM[op.algorithm],
          op.alpha,
          op.beta ?? 0,
        );
      case "binary": {
        using operand = this.descriptor(op.operand);
        return symbols.dnnl_post_ops_append_binary(list, ALGORITHM[op.algorithm], operand.id);
      }
      case "prelu":
        return symbols.dnnl_post_ops_append_prelu(list, PER_CHANNEL);
    }
  }

  /** Closes the stream, the engine and the library. */
  [Symbol.dispose](): void {
    using _library = this.library;
    using _engine = this.#engine;
    using _stream = this.#stream;
  }
}

/** `dnnl_dims_t`: 12 integers of 64 bits. */
export function dimensions(sizes: readonly number[]): BigInt64Array<ArrayBuffer> {
  const dims = new BigInt64Array(12);
  sizes.forEach((size, axis) => dims[axis] = BigInt(size));
  return dims;
}
