/**
 * The primary context of a GPU: what everything on it belongs to.
 *
 * @module
 */

import type { Driver } from "./driver.ts";
import { OUT } from "./foreign.ts";
import { Resource } from "./resource.ts";

/** The primary context, retained. */
export class Context implements Disposable {
  readonly #driver: Driver;
  readonly #gpu: string;
  readonly #resource: Resource;

  /**
   * Retains it.
   *
   * @param device number of the GPU
   * @param gpu its name, for errors
   */
  constructor(driver: Driver, device: number, gpu: string) {
    const { cuDevicePrimaryCtxRetain, cuDevicePrimaryCtxRelease_v2 } = driver.symbols;
    this.#driver = driver;
    this.#gpu = gpu;
    driver.check(cuDevicePrimaryCtxRetain(OUT, device), "cuDevicePrimaryCtxRetain", gpu);
    this.#resource = new Resource("context", OUT[0], () => {
      const status = cuDevicePrimaryCtxRelease_v2(device);
      driver.check(status, "cuDevicePrimaryCtxRelease", "disposal");
    });
  }

  /** Makes it current on this thread; work may be handed from one to another between calls. */
  makeCurrent(): void {
    const status = this.#driver.symbols.cuCtxSetCurrent(this.#resource.id);
    this.#driver.check(status, "cuCtxSetCurrent", this.#gpu);
  }

  [Symbol.dispose](): void {
    this.#resource[Symbol.dispose]();
  }
}
