/**
 * A GPU ready to work: its context, its memory, a stream, and the kernels that are compiled for it.
 *
 * @module
 */

import { StackbenchError } from "../../../base/errors.ts";
import { type Cache, DiskCache, NO_CACHE } from "./cache.ts";
import { Context } from "./context.ts";
import { deviceFacts, firstDevice, type GpuFacts } from "./device.ts";
import { Downloads } from "./downloads.ts";
import type { Driver } from "./driver.ts";
import { Memory } from "./memory.ts";
import { Modules } from "./modules.ts";
import type { Nvrtc } from "./nvrtc.ts";
import { PinnedPool } from "./pinned_pool.ts";
import { type GpuState, gpuState } from "./nvml.ts";
import { CudaEvent, Stream } from "./stream.ts";

/** What a GPU is opened with. */
export interface GpuOptions {
  readonly driver: Driver;
  /** The compiler of its kernels. */
  readonly nvrtc: Nvrtc;
  /** Path of that compiler, which tells it from another in the same process. */
  readonly nvrtcPath: string;
  /** Absolute path of `libnvidia-ml.so.1`; null where it was not found. */
  readonly nvml: string | null;
  /** What keeps what is compiled; default: a folder on disk, nothing for the double. */
  readonly cache?: Cache | undefined;
}

/** The first GPU, at work. */
export class Gpu implements Disposable {
  readonly driver: Driver;
  /** What it says of itself. */
  readonly facts: GpuFacts;
  /** How it is when it is opened; null where that is not known. */
  readonly state: GpuState | null;
  /** What keeps what is compiled for it. */
  readonly cache: Cache;
  readonly memory: Memory;
  /** Pinned memory that is kept from one scan to the next. */
  readonly pinned: PinnedPool;
  /** Downloads through pinned memory. */
  readonly downloads: Downloads;
  /** The stream that everything runs in, one piece after another. */
  readonly stream: Stream;
  readonly modules: Modules;
  readonly #nvml: string | null;
  readonly #context: Context;
  readonly #owned: DisposableStack;

  /**
   * Opens it.
   *
   * @throws MissingError when there is none, or it is too old
   */
  constructor({ driver, nvrtc, nvrtcPath, nvml, cache }: GpuOptions) {
    using stack = new DisposableStack();
    this.driver = driver;
    this.#nvml = nvml;
    const device = firstDevice(driver);
    this.facts = deviceFacts(driver, device);
    this.state = this.stateNow();
    this.#context = stack.use(new Context(driver, device, this.facts.name));
    this.makeCurrent();
    this.memory = new Memory(driver);
    this.pinned = stack.use(new PinnedPool(this.memory));
    this.downloads = stack.use(new Downloads(this.memory, () => this.newEvent()));
    this.stream = stack.use(this.newStream());
    // the double's code is worth nothing to a later double
    this.cache = cache ?? (this.facts.emulated ? NO_CACHE : new DiskCache());
    const { capability } = this.facts;
    this.modules = stack.use(
      new Modules({ driver, nvrtc, nvrtcPath, capability, cache: this.cache }),
    );
    this.#owned = stack.move();
  }

  /** Makes it current on this thread; work may be handed from one to another between calls. */
  makeCurrent(): void {
    this.#context.makeCurrent();
  }

  /** A stream besides {@linkcode stream}, for copies while that one computes. */
  newStream(): Stream {
    return new Stream(this.driver, this.facts.name);
  }

  /** A point in a stream. */
  newEvent(): CudaEvent {
    return new CudaEvent(this.driver, this.facts.name);
  }

  /** How it is doing; null where NVML does not work, without which everything else does. */
  stateNow(): GpuState | null {
    if (this.#nvml === null) return null;
    try {
      return gpuState(this.#nvml, this.facts.busId);
    } catch (error) {
      if (error instanceof StackbenchError) return null;
      throw error;
    }
  }

  /** Closes all but the driver and the compiler. */
  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}
