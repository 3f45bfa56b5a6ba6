/**
 * A GPU ready to work: its context, a stream, cuDNN, and the kernels that were compiled for it.
 *
 * @module
 */

import { MissingError, NativeError, StackbenchError } from "../../base/errors.ts";
import { type Cache, DiskCache, NO_CACHE } from "./cache.ts";
import { Cudnn } from "./cudnn.ts";
import { Driver, type GpuFacts } from "./driver.ts";
import { Engines } from "./engines.ts";
import { Modules } from "./modules.ts";
import { OUT, Resource } from "./native.ts";
import { type GpuState, gpuState } from "./nvml.ts";
import { Nvrtc } from "./nvrtc.ts";
import { trialOn } from "./trial.ts";
import { CAPTURE_RELAXED, CUDA_STATUS, STREAM_NON_BLOCKING } from "./symbols/driver.ts";

/** Absolute paths of the libraries. */
export interface LibraryPaths {
  /** `libcuda.so.1`. */
  readonly cuda: string;
  /** `libnvrtc.so`. */
  readonly nvrtc: string;
  /** `libcudnn.so.9`. */
  readonly cudnn: string;
  /** `libnvidia-ml.so.1`; null where it was not found, which only leaves things unsaid. */
  readonly nvml: string | null;
}

/** How a session works. */
export interface SessionOptions {
  /** What keeps plans and kernels; a folder on disk unless said, nothing for the double. */
  readonly cache?: Cache;
  /** Whether engines are tried before one is taken; unless said they are, but not on the double. */
  readonly tuning?: boolean;
}

/** Host memory that the GPU reads and writes by itself; not to be looked at once it is closed. */
export interface PinnedMemory extends Disposable {
  /** What it holds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A GPU at work. */
export class Session implements Disposable {
  /** The driver. */
  readonly driver: Driver;
  /** cuDNN. */
  readonly cudnn: Cudnn;
  /** NVRTC. */
  readonly nvrtc: Nvrtc;
  /** What the GPU says of itself. */
  readonly gpu: GpuFacts;
  /** How it is when it is opened; null where that is not known. */
  readonly state: GpuState | null;
  /** Execution plans. */
  readonly engines: Engines;
  /** Kernels. */
  readonly modules: Modules;
  readonly #nvml: string | null;
  readonly #owned: DisposableStack;
  readonly #context: Resource;
  readonly #stream: Resource;
  readonly #handle: Resource;

  /**
   * Opens the libraries and the first GPU.
   *
   * @param options besides the libraries
   * @throws MissingError when a library or a GPU is missing or too old
   */
  constructor(paths: LibraryPaths, { cache, tuning }: SessionOptions = {}) {
    using stack = new DisposableStack();
    this.driver = stack.use(new Driver(paths.cuda));
    this.cudnn = stack.use(new Cudnn(paths.cudnn));
    this.nvrtc = stack.use(new Nvrtc(paths.nvrtc));
    const device = this.driver.device();
    this.gpu = this.driver.facts(device);
    this.#nvml = paths.nvml;
    this.state = this.stateNow();
    this.#context = stack.use(this.#retain(device));
    this.makeCurrent();
    this.#stream = stack.use(this.newStream());
    this.#handle = stack.use(this.#connect());
    // the double's code is worth nothing to a later double
    const kept = cache ?? (this.gpu.emulated ? NO_CACHE : new DiskCache());
    this.engines = stack.use(
      new Engines(this.cudnn, { handle: this.handle }, {
        cache: kept,
        ...(tuning ?? !this.gpu.emulated ? { trial: trialOn(this) } : {}),
        device: `${this.gpu.name} sm_${this.gpu.capability} driver ${this.driver.version}`,
      }),
    );
    const { driver, nvrtc, gpu } = this;
    this.modules = stack.use(
      new Modules({ driver, nvrtc, nvrtcPath: paths.nvrtc, gpu, cache: kept }),
    );
    this.#owned = stack.move();
  }

  /** A stream besides {@linkcode stream}, for copies while that one computes. */
  newStream(): Resource {
    const { symbols } = this.driver;
    return this.#create(
      "stream",
      "cuStreamCreate",
      () => symbols.cuStreamCreate(OUT, STREAM_NON_BLOCKING),
      (id) => this.#closing(symbols.cuStreamDestroy_v2(id), "cuStreamDestroy"),
    );
  }

  #retain(device: number): Resource {
    const { symbols } = this.driver;
    return this.#create(
      "context",
      "cuDevicePrimaryCtxRetain",
      () => symbols.cuDevicePrimaryCtxRetain(OUT, device),
      () =>
        this.#closing(symbols.cuDevicePrimaryCtxRelease_v2(device), "cuDevicePrimaryCtxRelease"),
    );
  }

  #connect(): Resource {
    const { cudnn } = this;
    cudnn.check(cudnn.symbols.cudnnCreate(OUT), "cudnnCreate", this.gpu.name);
    using handle = new DisposableStack();
    const made = handle.use(
      new Resource("cuDNN handle", OUT[0], (id) => {
        cudnn.check(cudnn.symbols.cudnnDestroy(id), "cudnnDestroy", "disposal");
      }),
    );
    const status = cudnn.symbols.cudnnSetStream(made.id, this.stream);
    cudnn.check(status, "cudnnSetStream", this.gpu.name);
    handle.move();
    return made;
  }

  /** The stream that everything runs in, one after another. */
  get stream(): bigint {
    return this.#stream.id;
  }

  /** cuDNN's handle. */
  get handle(): bigint {
    return this.#handle.id;
  }

  /** Makes the GPU current on this thread; work may be handed from one to another between calls. */
  makeCurrent(): void {
    const status = this.driver.symbols.cuCtxSetCurrent(this.#context.id);
    this.driver.check(status, "cuCtxSetCurrent", this.gpu.name);
  }

  /** How the GPU is doing; null where NVML does not work, without which everything else does. */
  stateNow(): GpuState | null {
    if (this.#nvml === null) return null;
    try {
      return gpuState(this.#nvml, this.gpu.busId);
    } catch (error) {
      if (error instanceof StackbenchError) return null;
      throw error;
    }
  }

  /** Waits until everything in a stream is done. */
  wait(context: string, stream: bigint = this.stream): void {
    const status = this.driver.symbols.cuStreamSynchronize(stream);
    this.driver.check(status, "cuStreamSynchronize", context);
  }

  /**
   * Device memory; what it holds is undefined.
   *
   * @param what it is for, to be named in an error
   * @throws MissingError when the GPU has no room
   */
  allocate(bytes: number, what: string): Resource {
    const { symbols } = this.driver;
    const status = symbols.cuMemAlloc_v2(OUT, BigInt(Math.max(1, bytes)));
    if (status === CUDA_STATUS.outOfMemory) throw this.#full(bytes, what);
    this.driver.check(status, "cuMemAlloc", what);
    return new Resource(
      "device memory",
      OUT[0],
      (id) => this.#closing(symbols.cuMemFree_v2(id), "cuMemFree"),
    );
  }

  #full(bytes: number, what: string): MissingError {
    const { free, total } = this.memory(what);
    const gibibytes = (size: number) => `${(size / 2 ** 30).toFixed(2)} GiB`;
    return new MissingError(
      `the GPU has no room for ${what}: ${gibibytes(bytes)} needed, ` +
        `${gibibytes(free)} free of ${gibibytes(total)}`,
      {
        advice: "choose a smaller batch or input, or end other programs on the GPU (nvidia-smi)",
        details: { bytes, free, total },
      },
    );
  }

  /**
   * Memory of the GPU, in bytes, with what other programs take of it.
   *
   * @param context what it is asked for, to be named in an error
   */
  memory(context: string): { readonly free: number; readonly total: number } {
    const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
    this.driver.check(this.driver.symbols.cuMemGetInfo_v2(free, total), "cuMemGetInfo", context);
    return { free: Number(free[0]), total: Number(total[0]) };
  }

  /**
   * Host memory that the GPU copies from and to by itself, while the host does something else.
   *
   * @param what it is for, to be named in an error
   * @throws MissingError when the host has no room
   */
  pinned(bytes: number, what: string): PinnedMemory {
    const { symbols } = this.driver;
    const size = Math.max(1, bytes);
    const status = symbols.cuMemAllocHost_v2(OUT, BigInt(size));
    if (status === CUDA_STATUS.outOfMemory) {
      throw new MissingError(`there is no room in host memory for ${what}: ${size} bytes needed`, {
        advice: "choose a smaller batch or input, or end other programs",
        details: { bytes: size },
      });
    }
    this.driver.check(status, "cuMemAllocHost", what);
    const memory = new Resource(
      "pinned memory",
      OUT[0],
      (id) => this.#closing(symbols.cuMemFreeHost(id), "cuMemFreeHost"),
    );
    const pointer = Deno.UnsafePointer.create(memory.id)!;
    const bytesThere = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
    return { bytes: bytesThere, [Symbol.dispose]: () => memory[Symbol.dispose]() };
  }

  /** Copies to the device; the elements must stay as they are until the next wait. */
  upload(
    elements: BufferSource & { byteLength: number },
    address: bigint,
    what: string,
    stream: bigint = this.stream,
  ): void {
    const bytes = BigInt(elements.byteLength);
    const { symbols } = this.driver;
    const status = symbols.cuMemcpyHtoDAsync_v2(address, elements, bytes, stream);
    this.driver.check(status, "cuMemcpyHtoDAsync", what);
  }

  /** Copies from the device; the elements are there after the next wait. */
  download(
    address: bigint,
    elements: BufferSource & { byteLength: number },
    what: string,
    stream: bigint = this.stream,
  ): void {
    const bytes = BigInt(elements.byteLength);
    const { symbols } = this.driver;
    const status = symbols.cuMemcpyDtoHAsync_v2(elements, address, bytes, stream);
    this.driver.check(status, "cuMemcpyDtoHAsync", what);
  }

  /**
   * Records what a function submits as one CUDA graph, without running it.
   *
   * @returns the graph, or null where the work cannot be recorded, as that of some of cuDNN's
   *   engines: it can still be submitted piece by piece
   */
  record(submit: () => void): Resource | null {
    const { symbols } = this.driver;
    const begun = symbols.cuStreamBeginCapture_v2(this.stream, CAPTURE_RELAXED);
    if (begun !== CUDA_STATUS.success) return null;
    let whole = false;
    let ended: number;
    try {
      submit();
      whole = true;
    } catch (error) {
      if (!(error instanceof NativeError)) throw error;
    } finally {
      OUT[0] = 0n;
      ended = symbols.cuStreamEndCapture(this.stream, OUT);
    }
    const recorded = OUT[0];
    if (recorded === 0n) return null;
    using stack = new DisposableStack();
    stack.defer(() => this.#closing(symbols.cuGraphDestroy(recorded), "cuGraphDestroy"));
    if (!whole || ended !== CUDA_STATUS.success) return null;
    const status = symbols.cuGraphInstantiateWithFlags(OUT, recorded, 0n);
    if (status !== CUDA_STATUS.success) return null;
    using made = new DisposableStack();
    const graph = made.use(
      new Resource(
        "graph",
        OUT[0],
        (id) => this.#closing(symbols.cuGraphExecDestroy(id), "cuGraphExecDestroy"),
      ),
    );
    stack.dispose();
    // a device without room for it runs the work piece by piece
    if (symbols.cuGraphUpload(graph.id, this.stream) !== CUDA_STATUS.success) return null;
    made.move();
    return graph;
  }

  /** Submits what was recorded. */
  replay(graph: Resource, context: string): void {
    const status = this.driver.symbols.cuGraphLaunch(graph.id, this.stream);
    this.driver.check(status, "cuGraphLaunch", context);
  }

  /** A point in the stream, whose time can be taken. */
  event(): Resource {
    const { symbols } = this.driver;
    return this.#create(
      "event",
      "cuEventCreate",
      () => symbols.cuEventCreate(OUT, 0),
      (id) => this.#closing(symbols.cuEventDestroy_v2(id), "cuEventDestroy"),
    );
  }

  /** Lets an event happen when everything before it is done. */
  mark(event: Resource, stream: bigint = this.stream): void {
    const status = this.driver.symbols.cuEventRecord(event.id, stream);
    this.driver.check(status, "cuEventRecord", "an event");
  }

  /** Lets a stream wait for what was marked last by an event; for nothing if it never was. */
  await(event: Resource, stream: bigint = this.stream): void {
    const status = this.driver.symbols.cuStreamWaitEvent(stream, event.id, 0);
    this.driver.check(status, "cuStreamWaitEvent", "an event");
  }

  /** Waits until an event has happened. */
  waitFor(event: Resource, context: string): void {
    const status = this.driver.symbols.cuEventSynchronize(event.id);
    this.driver.check(status, "cuEventSynchronize", context);
  }

  /** Seconds from one event to another. */
  seconds(start: Resource, end: Resource): number {
    const milliseconds = new Float32Array(1);
    const status = this.driver.symbols.cuEventElapsedTime(milliseconds, start.id, end.id);
    this.driver.check(status, "cuEventElapsedTime", "timing");
    return milliseconds[0] / 1000;
  }

  #create(
    what: string,
    call: string,
    create: () => number,
    close: (id: bigint) => void,
  ): Resource {
    this.driver.check(create(), call, this.gpu.name);
    return new Resource(what, OUT[0], close);
  }

  #closing(status: number, call: string): void {
    this.driver.check(status, call, "disposal");
  }

  /** Closes everything; the libraries last. */
  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}
