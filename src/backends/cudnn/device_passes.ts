/**
 * Executions on the GPU that come from host memory and go back there: while one runs, the next one's
 * inputs come up and the last one's outputs go down.
 *
 * @module
 */

import { elements } from "../../base/shapes.ts";
import { type Bindings, bound, boundInput } from "../bindings.ts";
import type { Passes } from "../passes.ts";
import { CopyStreams, type Pair } from "./cuda/copy_streams.ts";
import type { Gpu } from "./cuda/gpu.ts";
import type { PinnedMemory } from "./cuda/memory.ts";
import type { Resource } from "./cuda/resource.ts";
import type { CudaEvent } from "./cuda/stream.ts";
import type { Place } from "./device_learner.ts";

/** A network on the device. */
export interface PassingNetwork {
  /** Where its inputs lie, floats in logical order. */
  readonly inputs: readonly Place[];
  /** Where its outputs lie, likewise. */
  readonly outputs: readonly Place[];
  /** Submits an execution. */
  compute(): void;
}

/** An input or output on its way. */
interface Carried {
  readonly place: Place;
  /** Where it waits on the device while the network has that place to itself. */
  readonly between: Resource;
  /** What carries it, as the GPU has it and as numbers. */
  readonly carriers: Pair<PinnedMemory & { readonly numbers: Float32Array<ArrayBuffer> }>;
}

/** Executions that overlap their copies. */
export class DevicePasses implements Passes {
  readonly #gpu: Gpu;
  readonly #network: PassingNetwork;
  readonly #owned: DisposableStack;
  readonly #copies: CopyStreams;
  readonly #inputs: readonly Carried[];
  readonly #outputs: readonly Carried[];
  readonly #uploaded: Pair<CudaEvent>;
  readonly #downloaded: Pair<CudaEvent>;
  /** The network has its inputs; its outputs wait to go down. */
  readonly #read: CudaEvent;
  readonly #made: CudaEvent;
  #begun = 0;
  #taken = 0;

  /**
   * Takes the memory.
   *
   * @throws MissingError when the GPU or the host has no room
   */
  constructor(gpu: Gpu, network: PassingNetwork) {
    this.#gpu = gpu;
    this.#network = network;
    using stack = new DisposableStack();
    const event = () => stack.use(gpu.newEvent());
    const carried = (place: Place): Carried => {
      const { name, shape } = place.port;
      const bytes = elements(shape) * Float32Array.BYTES_PER_ELEMENT;
      const carrier = () => {
        const pinned = stack.use(gpu.pinned.take(bytes, name));
        const { buffer, byteOffset } = pinned.bytes;
        return { ...pinned, numbers: new Float32Array(buffer, byteOffset, elements(shape)) };
      };
      const between = stack.use(gpu.memory.allocate(bytes, name));
      return { place, between, carriers: [carrier(), carrier()] };
    };
    this.#copies = new CopyStreams(gpu, stack);
    this.#inputs = network.inputs.map(carried);
    this.#outputs = network.outputs.map(carried);
    this.#uploaded = [event(), event()];
    this.#downloaded = [event(), event()];
    [this.#read, this.#made] = [event(), event()];
    this.#copies.settleBeforeFreeing(stack);
    this.#owned = stack.move();
  }

  submit(inputs: Bindings): void {
    if (this.#begun - this.#taken === 2) throw new TypeError("two executions are under way");
    const given = this.#inputs.map(({ place: { port } }) => boundInput(inputs, port));
    this.#gpu.makeCurrent();
    const [{ stream }, { up, down }] = [this.#gpu, this.#copies];
    // its carriers are free: who used them last has been taken
    const turn = this.#begun % 2;
    up.waitEvent(this.#read);
    this.#inputs.forEach(({ place, between, carriers }, i) => {
      carriers[turn].numbers.set(given[i]);
      up.upload(carriers[turn].bytes, between.id, place.port.name);
    });
    up.recordEvent(this.#uploaded[turn]);
    stream.waitEvent(this.#uploaded[turn]);
    for (const { place: { address, port }, between, carriers: [{ bytes }] } of this.#inputs) {
      stream.copy(between.id, address, bytes.length, port.name);
    }
    stream.recordEvent(this.#read);
    this.#network.compute();
    stream.waitEvent(this.#downloaded[1 - turn]);
    for (const { place: { address, port }, between, carriers: [{ bytes }] } of this.#outputs) {
      stream.copy(address, between.id, bytes.length, port.name);
    }
    stream.recordEvent(this.#made);
    down.waitEvent(this.#made);
    for (const { place: { port }, between, carriers } of this.#outputs) {
      down.download(between.id, carriers[turn].bytes, port.name);
    }
    down.recordEvent(this.#downloaded[turn]);
    this.#begun++;
  }

  take(outputs: Bindings): void {
    if (this.#begun === this.#taken) throw new TypeError("no execution is under way");
    const wanted = this.#outputs.map(({ place: { port } }) => bound(outputs, port));
    this.#gpu.makeCurrent();
    const turn = this.#taken % 2;
    this.#downloaded[turn].synchronize("outputs");
    this.#outputs.forEach(({ carriers }, i) => wanted[i].set(carriers[turn].numbers));
    this.#taken++;
  }

  /** Frees everything, once nothing runs any more. */
  [Symbol.dispose](): void {
    try {
      this.#gpu.makeCurrent();
    } finally {
      this.#owned.dispose();
    }
  }
}
