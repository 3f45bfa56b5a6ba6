/**
 * A GPU with cuDNN on it: what operation graphs are made and run with.
 *
 * @module
 */

import type { Cache } from "../cuda/cache.ts";
import { Driver } from "../cuda/driver.ts";
import { Gpu } from "../cuda/gpu.ts";
import { Nvrtc } from "../cuda/nvrtc.ts";
import { Engines } from "./engines.ts";
import { Handle } from "./handle.ts";
import { Cudnn } from "./library.ts";

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
  /** What keeps plans and kernels; default: a folder on disk, nothing for the double. */
  readonly cache?: Cache;
  /** Whether the ways of steps are timed before one is taken; default: but for the double. */
  readonly tuning?: boolean;
}

/** A GPU with cuDNN on it. */
export class Session implements Disposable {
  readonly gpu: Gpu;
  readonly cudnn: Cudnn;
  /** What compiles kernels. */
  readonly nvrtc: Nvrtc;
  /** cuDNN's handle, bound to the GPU's stream. */
  readonly handle: Handle;
  readonly engines: Engines;
  /** Whether the ways of steps are timed before one is taken. */
  readonly tuning: boolean;
  /** What tells the GPU, its driver and libraries from others. */
  readonly identity: string;
  readonly #owned: DisposableStack;

  /**
   * Opens the libraries and the first GPU.
   *
   * @throws MissingError when a library or a GPU is missing or too old
   */
  constructor(paths: LibraryPaths, { cache, tuning }: SessionOptions = {}) {
    using stack = new DisposableStack();
    const driver = stack.use(new Driver(paths.cuda));
    this.cudnn = stack.use(new Cudnn(paths.cudnn));
    this.nvrtc = stack.use(new Nvrtc(paths.nvrtc));
    const { nvrtc, cudnn } = this;
    this.gpu = stack.use(
      new Gpu({ driver, nvrtc, nvrtcPath: paths.nvrtc, nvml: paths.nvml, cache }),
    );
    const { facts, stream } = this.gpu;
    this.handle = stack.use(new Handle(cudnn, stream, facts.name));
    this.tuning = tuning ?? !facts.emulated;
    const device = `${facts.name} sm_${facts.capability} driver ${driver.version}`;
    this.identity = `${device} cuDNN ${cudnn.versionText} NVRTC ${nvrtc.versionText}`;
    this.engines = stack.use(
      new Engines(cudnn, { handle: this.handle.id }, { cache: this.gpu.cache, device }),
    );
    this.#owned = stack.move();
  }

  /** Closes everything; the libraries last. */
  [Symbol.dispose](): void {
    this.#owned.dispose();
  }
}
