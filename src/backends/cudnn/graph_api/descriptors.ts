/**
 * Descriptors of cuDNN's graph API: owned, with attributes set by type.
 *
 * @module
 */

import type { DataType } from "../cuda/data_type.ts";
import { OUT, textIn } from "../cuda/foreign.ts";
import { Resource } from "../cuda/resource.ts";
import { DATA_TYPE, DESCRIPTOR, type DescriptorKind, TYPE } from "./constants.ts";
import type { Cudnn } from "./library.ts";

/** Receives how many elements an attribute has. */
const COUNT = new BigInt64Array(1);

export class Descriptor implements Disposable {
  readonly #cudnn: Cudnn;
  readonly #kind: DescriptorKind;
  readonly #context: string;
  readonly #resource: Resource;

  /**
   * Creates one.
   *
   * @param context what it is for, to be named in an error
   */
  constructor(cudnn: Cudnn, kind: DescriptorKind, context: string) {
    this.#cudnn = cudnn;
    this.#kind = kind;
    this.#context = context;
    const { symbols } = cudnn;
    const status = symbols.cudnnBackendCreateDescriptor(DESCRIPTOR[kind], OUT);
    this.#check(status, "cudnnBackendCreateDescriptor");
    this.#resource = new Resource(`${kind} descriptor`, OUT[0], (id) => {
      cudnn.check(
        symbols.cudnnBackendDestroyDescriptor(id),
        "cudnnBackendDestroyDescriptor",
        "disposal",
      );
    });
  }

  /** The library's handle. */
  get id(): bigint {
    return this.#resource.id;
  }

  /** Sets an attribute of 64-bit integers. */
  integers(name: number, values: readonly number[]): this {
    return this.#set(name, TYPE.int64, values.length, BigInt64Array.from(values, BigInt));
  }

  /** Sets an attribute of an enumerated type. */
  choice(
    name: number,
    type: "convolutionMode" | "heuristicMode" | "pointwiseMode" | "resampleMode" | "paddingMode",
    value: number,
  ): this {
    return this.#set(name, TYPE[type], 1, Int32Array.of(value));
  }

  dataType(name: number, value: DataType): this {
    return this.#set(name, TYPE.dataType, 1, Int32Array.of(DATA_TYPE[value]));
  }

  /** Sets a truth value. */
  boolean(name: number, value: boolean): this {
    return this.#set(name, TYPE.boolean, 1, Uint8Array.of(value ? 1 : 0));
  }

  /** Sets a number in single precision. */
  float(name: number, value: number): this {
    return this.#set(name, TYPE.float, 1, Float32Array.of(value));
  }

  /** Sets a number in double precision. */
  double(name: number, value: number): this {
    return this.#set(name, TYPE.double, 1, Float64Array.of(value));
  }

  /** Sets an attribute of other descriptors. */
  descriptors(name: number, values: readonly Descriptor[]): this {
    const ids = BigUint64Array.from(values, ({ id }) => id);
    return this.#set(name, TYPE.descriptor, values.length, ids);
  }

  /** Sets a library handle. */
  handle(name: number, value: bigint): this {
    return this.#set(name, TYPE.handle, 1, BigUint64Array.of(value));
  }

  addresses(name: number, values: readonly bigint[]): this {
    return this.#set(name, TYPE.pointer, values.length, BigUint64Array.from(values));
  }

  /** Sets text, with the zero at its end. */
  text(name: number, value: string): this {
    const bytes = new TextEncoder().encode(`${value}\0`);
    return this.#set(name, TYPE.char, bytes.length, bytes);
  }

  /**
   * Ends the setting of attributes.
   *
   * @throws NativeError when they do not fit together
   */
  finalize(): this {
    this.#check(this.tryFinalize(), "cudnnBackendFinalize");
    return this;
  }

  /** As {@linkcode finalize}, but gives the status. */
  tryFinalize(): number {
    return this.#cudnn.symbols.cudnnBackendFinalize(this.id);
  }

  /** How many elements an attribute has. */
  count(name: number, type: keyof typeof TYPE): number {
    const { symbols } = this.#cudnn;
    const status = symbols.cudnnBackendGetAttribute(this.id, name, TYPE[type], 0n, COUNT, null);
    this.#check(status, "cudnnBackendGetAttribute");
    return Number(COUNT[0]);
  }

  /** Fills descriptors that were created for an attribute; gives how many it filled. */
  fill(name: number, values: readonly Descriptor[]): number {
    return this.#get(name, "descriptor", values.length, BigUint64Array.from(values, (v) => v.id));
  }

  /** An attribute of one 64-bit integer. */
  integer(name: number): number {
    const value = new BigInt64Array(1);
    this.#get(name, "int64", 1, value);
    return Number(value[0]);
  }

  /** An attribute that is text. */
  string(name: number): string {
    const bytes = new Uint8Array(this.count(name, "char"));
    this.#get(name, "char", bytes.length, bytes);
    return textIn(bytes);
  }

  /** An attribute of notes: enumerated values. */
  notes(name: number, type: "numericalNote" | "behaviorNote"): number[] {
    const values = new Int32Array(32);
    return [...values.subarray(0, this.#get(name, type, values.length, values))];
  }

  #get(
    name: number,
    type: keyof typeof TYPE,
    wanted: number,
    values: BufferSource,
  ): number {
    const status = this.#cudnn.symbols.cudnnBackendGetAttribute(
      this.id,
      name,
      TYPE[type],
      BigInt(wanted),
      COUNT,
      values,
    );
    this.#check(status, "cudnnBackendGetAttribute");
    return Math.min(wanted, Number(COUNT[0]));
  }

  #set(name: number, type: number, count: number, values: BufferSource): this {
    const status = this.#cudnn.symbols.cudnnBackendSetAttribute(
      this.id,
      name,
      type,
      BigInt(count),
      values,
    );
    this.#check(status, `cudnnBackendSetAttribute(${this.#kind}, ${name})`);
    return this;
  }

  #check(status: number, call: string): void {
    this.#cudnn.check(status, call, this.#context);
  }

  /** Destroys it; a second call does nothing. */
  [Symbol.dispose](): void {
    this.#resource[Symbol.dispose]();
  }
}
