/**
 * Where tensors live while a plan runs: activations in one arena, parameters packed once.
 *
 * @module
 */

import { viewOf } from "../../../base/dtypes.ts";
import { MissingError } from "../../../base/errors.ts";
import { elements, type Shape } from "../../../base/shapes.ts";
import type { ValueId } from "../../../graph/graph.ts";
import type { WeightSource } from "../../../graph/weights.ts";
import { materialise } from "../../../plan/parameters.ts";
import { type Arena, type Derivation, type Plan, reads, type Step } from "../../../plan/plan.ts";
import { asFloat32 } from "../../../tensor/tensor.ts";
import { addressOf, allocateBuffer, type Buffer } from "../../buffers.ts";
import type { DataType } from "../library/constants.ts";
import type { Handle } from "../library/handles.ts";
import { BYTES, channelsLast, type Layout, rowMajor, type View } from "../library/layout.ts";
import type { Session } from "../library/session.ts";
import { KeyedCache } from "./keyed_cache.ts";
import { prepareCopy } from "./prepared_copy.ts";

/** Numbers in single precision that native code reads as well. */
interface Vector {
  readonly elements: Float32Array;
  readonly address: bigint;
}

/** A memory with how it is laid out. */
export interface Place {
  /** How it is laid out. */
  readonly layout: Layout;
  readonly memory: Handle;
}

/** Activations and parameters of a plan. */
export class Tensors {
  /** Element type of activations and weights. */
  readonly type: DataType;
  readonly #session: Session;
  readonly #owned: DisposableStack;
  readonly #plan: Plan;
  #weights: WeightSource;
  readonly #arena: Arena;
  readonly #memory: Buffer;
  readonly #derivations: ReadonlyMap<ValueId, Derivation>;
  readonly #readers = new Map<ValueId, Step[]>();
  readonly #vectors = new KeyedCache<[ValueId, times: number], Vector>();
  readonly #packed = new KeyedCache<[ValueId], View>();
  /** Lives while it is copied from. */
  #moving: Float32Array<ArrayBuffer> | undefined;
  /** Fill every packed parameter from the weights. */
  readonly #fills: (() => void)[] = [];
  /** Keeps what native code points at alive. */
  readonly #kept: Buffer[] = [];

  /**
   * Takes the arena of a plan.
   *
   * @param owned takes over the memories that are made here
   */
  constructor(
    session: Session,
    owned: DisposableStack,
    plan: Plan,
    weights: WeightSource,
    type: DataType,
  ) {
    if (!plan.arena) throw new TypeError(`the memory of plan ${plan.name} is not planned`);
    this.type = type;
    this.#session = session;
    this.#owned = owned;
    this.#plan = plan;
    this.#weights = weights;
    this.#arena = plan.arena;
    this.#memory = allocateBuffer(plan.arena.elements * BYTES[type]);
    for (const step of plan.steps) {
      for (const id of new Set(reads(step))) {
        this.#readers.set(id, [...this.readers(id), step]);
      }
    }
    this.#derivations = new Map(
      plan.parameters.map(({ value, derivation }) => [value, derivation]),
    );
  }

  /** Bytes of the arena. */
  get arenaBytes(): number {
    return this.#memory.bytes.byteLength;
  }

  /** Bytes of packed parameters. */
  get parameterBytes(): number {
    return this.#kept.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  }

  /** Whether other weights are loaded at every run: the plan makes gradients of them. */
  get trained(): boolean {
    return this.#plan.steps.some(({ op }) => op === "conv_backward_weights");
  }

  /** Shape of a value, in logical order. */
  shape(id: ValueId): Shape {
    return this.#plan.values[id].shape;
  }

  /** Steps that read a value. */
  readers(id: ValueId): readonly Step[] {
    return this.#readers.get(id) ?? [];
  }

  /** An activation as a tensor. */
  activation(id: ValueId): View {
    const offset = BigInt(this.#offset(id) * BYTES[this.type]);
    return { ...channelsLast(this.type, this.shape(id)), address: this.#memory.address + offset };
  }

  /** The elements of an activation in channels-last order; bf16 as bits. */
  elements(id: ValueId): Float32Array | Uint16Array {
    const { buffer, byteOffset } = this.#memory.bytes;
    const start = byteOffset + this.#offset(id) * BYTES[this.type];
    return viewOf(this.type, buffer, start, elements(this.shape(id)));
  }

  /** As {@linkcode elements}, with the shape in logical order. */
  stored(id: ValueId): readonly [Float32Array | Uint16Array, Shape] {
    return [this.elements(id), this.shape(id)];
  }

  /**
   * The elements of an activation in channels-last order.
   *
   * @throws MissingError in bf16: gradients are computed in single precision only
   */
  single(id: ValueId): Float32Array {
    this.requireF32();
    return this.elements(id) as Float32Array;
  }

  /**
   * Refuses what is computed in single precision only.
   *
   * @throws MissingError in bf16
   */
  requireF32(): void {
    if (this.type === "f32") return;
    throw new MissingError("oneDNN computes gradients in fp32 only here", {
      advice: "choose the precision fp32",
    });
  }

  #offset(id: ValueId): number {
    const offset = this.#arena.offsets[id];
    if (offset === null) throw new TypeError(`${this.#plan.values[id].name} has no place`);
    return offset;
  }

  /** The elements of a parameter in logical order, not to be written to; to be let go of soon. */
  parameter(id: ValueId): Float32Array<ArrayBuffer> {
    return asFloat32(materialise(this.#derivations.get(id)!, this.#weights, true));
  }

  /** A parameter of one number a channel as (1, C, 1...), repeated where voxels are channels. */
  vector(id: ValueId, axes: number, repeat = 1): View {
    const { elements, address } = this.#repeated(id, repeat);
    const ones = new Array<number>(axes - 2).fill(1);
    return { ...channelsLast("f32", [1, elements.length, ...ones]), address };
  }

  /** The elements of a parameter of one number a channel; the same memory after loading others. */
  numbers(id: ValueId): Float32Array {
    return this.#repeated(id, 1).elements;
  }

  #repeated(id: ValueId, times: number): Vector {
    return this.#vectors.once([id, times], () => {
      const repeated = () => {
        const once = this.parameter(id);
        const all = new Float32Array(once.length * times);
        for (let i = 0; i < times; i++) all.set(once, i * once.length);
        return all;
      };
      const data = repeated();
      const { bytes, address } = this.#keep(data.byteLength);
      const elements = viewOf("f32", bytes.buffer, bytes.byteOffset, data.length);
      elements.set(data);
      this.#fills.push(() => elements.set(repeated()));
      return { elements, address };
    });
  }

  /** A parameter of a number an element as a tensor of one sample, for all steps that read it. */
  packed(id: ValueId): View {
    return this.#packed.once([id], () => {
      const dims = [1, ...this.shape(id)];
      const layout = channelsLast(this.type, dims);
      using wanted = this.#session.descriptor(layout);
      const { address } = this.#keep(this.#session.byteSize(wanted.id));
      const memory = this.#owned.use(this.#session.memory(wanted.id, address));
      this.#fill(() => this.parameter(id), rowMajor("f32", dims), memory, wanted.id);
      return { ...layout, address };
    });
  }

  /**
   * Weights, packed once into the layout and element type that a primitive wants.
   *
   * @param make gives them in single precision
   * @param layout how the primitive's sizes lie in the data
   * @param wanted the descriptor that the primitive asks for
   */
  pack(make: () => Float32Array<ArrayBuffer>, layout: Layout, wanted: bigint): Handle {
    const buffer = this.#keep(this.#session.byteSize(wanted));
    const packed = this.#owned.use(this.#session.memory(wanted, buffer.address));
    this.#fill(make, layout, packed, wanted);
    return packed;
  }

  /** Fills a memory with weights, now and whenever others are loaded. */
  #fill(
    make: () => Float32Array<ArrayBuffer>,
    layout: Layout,
    packed: Handle,
    wanted: bigint,
  ): void {
    const copy = prepareCopy(this.#session, this.#owned, layout, packed, wanted);
    const fill = () => {
      this.#moving = make();
      copy(addressOf(this.#moving));
      this.#moving = undefined;
    };
    fill();
    this.#fills.push(fill);
  }

  /** Packs other weights into the same places. */
  load(weights: WeightSource): void {
    this.#weights = weights;
    for (const fill of this.#fills) fill();
  }

  #keep(bytes: number): Buffer {
    const buffer = allocateBuffer(bytes);
    this.#kept.push(buffer);
    return buffer;
  }
}
