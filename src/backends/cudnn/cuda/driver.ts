/**
 * The CUDA driver, open: its version and its statuses.
 *
 * @module
 */

import { MissingError, NativeError } from "../../../base/errors.ts";
import { LIBRARIES } from "../../../platform/libraries.ts";
import { openLibrary, OUT, OUT_INT, textAt } from "./foreign.ts";
import { CUDA_STATUS, DRIVER_SYMBOLS } from "./symbols/driver.ts";

/** Functions of the driver. */
export type DriverSymbols = Deno.DynamicLibrary<typeof DRIVER_SYMBOLS>["symbols"];

/** The driver, started. */
export class Driver implements Disposable {
  readonly symbols: DriverSymbols;
  /** Version of CUDA that it takes: 1000 times the major and 10 times the minor. */
  readonly version: number;
  readonly #library: Deno.DynamicLibrary<typeof DRIVER_SYMBOLS>;

  /**
   * Opens the driver and starts it.
   *
   * @param path absolute path of `libcuda.so.1`
   * @throws MissingError when it cannot be loaded, or finds no device
   */
  constructor(path: string) {
    this.#library = openLibrary("cuda", path, DRIVER_SYMBOLS);
    this.symbols = this.#library.symbols;
    try {
      const status = this.symbols.cuInit(0);
      if (status !== CUDA_STATUS.success) {
        throw new MissingError(`the CUDA driver found no GPU: ${this.describe(status)}`, {
          advice: LIBRARIES.cuda.advice,
          details: { call: "cuInit", status },
        });
      }
      this.check(this.symbols.cuDriverGetVersion(OUT_INT), "cuDriverGetVersion", "the driver");
      this.version = OUT_INT[0];
    } catch (error) {
      this.#library.close();
      throw error;
    }
  }

  /** The version as people write it, such as `13.0`. */
  get versionText(): string {
    return `${Math.floor(this.version / 1000)}.${Math.floor(this.version % 1000 / 10)}`;
  }

  /**
   * Throws unless a status is success.
   *
   * @param call the function that returned it
   * @param context what it was called for, such as the name of a layer
   */
  check(status: number, call: string, context: string): void {
    if (status === CUDA_STATUS.success) return;
    throw new NativeError(`${call} for ${context}: ${this.describe(status)}`, {
      details: { call, status, context },
    });
  }

  /** A status in words. */
  describe(status: number): string {
    const ask = (call: "cuGetErrorName" | "cuGetErrorString") =>
      this.symbols[call](status, OUT) === CUDA_STATUS.success ? textAt(OUT[0]) : "";
    return [ask("cuGetErrorName") || `CUDA error ${status}`, ask("cuGetErrorString")]
      .filter((text) => text).join(": ");
  }

  [Symbol.dispose](): void {
    this.#library.close();
  }
}
