/**
 * Memory of the GPU, and memory of the host that the GPU reads and writes by itself.
 *
 * @module
 */

import { MissingError } from "../../../base/errors.ts";
import type { Driver } from "./driver.ts";
import { OUT } from "./foreign.ts";
import { Resource } from "./resource.ts";
import { CUDA_STATUS } from "./symbols/driver.ts";

/** Host memory that the GPU reads and writes by itself; not to be looked at once it is closed. */
export interface PinnedMemory extends Disposable {
  /** What it holds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The memory of the current context. */
export class Memory {
  readonly #driver: Driver;

  /** Memory that is taken and told of by a driver. */
  constructor(driver: Driver) {
    this.#driver = driver;
  }

  /**
   * Device memory; what it holds is undefined.
   *
   * @param what it is for, to be named in an error
   * @throws MissingError when the GPU has no room
   */
  allocate(bytes: number, what: string): Resource {
    const { symbols } = this.#driver;
    const status = symbols.cuMemAlloc_v2(OUT, BigInt(Math.max(1, bytes)));
    if (status === CUDA_STATUS.outOfMemory) throw this.#full(bytes, what);
    this.#driver.check(status, "cuMemAlloc", what);
    return new Resource(
      "device memory",
      OUT[0],
      (id) => this.#driver.check(symbols.cuMemFree_v2(id), "cuMemFree", "disposal"),
    );
  }

  #full(bytes: number, what: string): MissingError {
    const { free, total } = this.usage(what);
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
   * Bytes of the GPU that are free, with regard to all programs, and in all.
   *
   * @param context what it is asked for, to be named in an error
   */
  usage(context: string): { readonly free: number; readonly total: number } {
    const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
    const status = this.#driver.symbols.cuMemGetInfo_v2(free, total);
    this.#driver.check(status, "cuMemGetInfo", context);
    return { free: Number(free[0]), total: Number(total[0]) };
  }

  /**
   * Host memory that the GPU copies from and to by itself, while the host does something else.
   *
   * @param what it is for, to be named in an error
   * @throws MissingError when the host has no room
   */
  allocatePinned(bytes: number, what: string): PinnedMemory {
    const { symbols } = this.#driver;
    const size = Math.max(1, bytes);
    const status = symbols.cuMemAllocHost_v2(OUT, BigInt(size));
    if (status === CUDA_STATUS.outOfMemory) {
      throw new MissingError(`there is no room in host memory for ${what}: ${size} bytes needed`, {
        advice: "choose a smaller batch or input, or end other programs",
        details: { bytes: size },
      });
    }
    this.#driver.check(status, "cuMemAllocHost", what);
    const memory = new Resource(
      "pinned memory",
      OUT[0],
      (id) => this.#driver.check(symbols.cuMemFreeHost(id), "cuMemFreeHost", "disposal"),
    );
    const pointer = Deno.UnsafePointer.create(memory.id)!;
    const bytesThere = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
    return { bytes: bytesThere, [Symbol.dispose]: () => memory[Symbol.dispose]() };
  }
}
