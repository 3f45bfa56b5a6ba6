/**
 * The CUDA driver, open: statuses, devices.
 *
 * @module
 */

import { MissingError, NativeError } from "../../base/errors.ts";
import { LIBRARIES } from "../../platform/libraries.ts";
import { openLibrary, OUT, OUT_INT, textAt, textIn } from "./native.ts";
import { CUDA_STATUS, DEVICE_ATTRIBUTE, DRIVER_SYMBOLS } from "./symbols/driver.ts";

/** Functions of the driver. */
export type DriverSymbols = Deno.DynamicLibrary<typeof DRIVER_SYMBOLS>["symbols"];

/** What a device says of itself. */
export interface GpuFacts {
  /** Its name, such as `NVIDIA H100 80GB HBM3`. */
  readonly name: string;
  /** Compute capability times 10, such as 90. */
  readonly capability: number;
  /** Multiprocessors. */
  readonly multiprocessors: number;
  /** Its memory in bytes. */
  readonly memory: number;
  /** Where it is on the PCI bus, such as `0000:65:00.0`: never told in results. */
  readonly busId: string;
  /** Whether it is the double that tests use where there is no GPU. */
  readonly emulated: boolean;
}

/** The name of the double in `native/double/`. */
const DOUBLE = "double of a GPU";

/** The least compute capability that cuDNN 9 for CUDA 13 serves, times 10. */
const LEAST_CAPABILITY = 75;

/** The driver. */
export class Driver implements Disposable {
  /** Its functions. */
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

  /** The first device. */
  device(): number {
    this.check(this.symbols.cuDeviceGetCount(OUT_INT), "cuDeviceGetCount", "the GPUs");
    if (OUT_INT[0] === 0) {
      throw new MissingError("the CUDA driver shows no GPU", {
        advice: "check CUDA_VISIBLE_DEVICES, and nvidia-smi",
      });
    }
    this.check(this.symbols.cuDeviceGet(OUT_INT, 0), "cuDeviceGet", "GPU 0");
    return OUT_INT[0];
  }

  /**
   * What a device says of itself.
   *
   * @throws MissingError when it is too old
   */
  facts(device: number): GpuFacts {
    const { cuDeviceGetName, cuDeviceGetPCIBusId, cuDeviceTotalMem_v2 } = this.symbols;
    const [bytes, bus] = [new Uint8Array(256), new Uint8Array(32)];
    this.check(cuDeviceGetName(bytes, bytes.length, device), "cuDeviceGetName", "GPU 0");
    this.check(cuDeviceGetPCIBusId(bus, bus.length, device), "cuDeviceGetPCIBusId", "GPU 0");
    this.check(cuDeviceTotalMem_v2(OUT, device), "cuDeviceTotalMem", "GPU 0");
    const memory = Number(OUT[0]);
    const [major, minor, multiprocessors] = [
      DEVICE_ATTRIBUTE.computeCapabilityMajor,
      DEVICE_ATTRIBUTE.computeCapabilityMinor,
      DEVICE_ATTRIBUTE.multiprocessors,
    ].map((attribute) => this.#attribute(attribute, device));
    const [name, capability] = [textIn(bytes), 10 * major + minor];
    if (capability < LEAST_CAPABILITY) {
      throw new MissingError(`${name} has compute capability ${major}.${minor}`, {
        advice: "a GPU of 7.5 (Turing) or newer is needed; --backend onednn runs on the CPU",
        details: { capability },
      });
    }
    const emulated = name === DOUBLE;
    return { name, capability, multiprocessors, memory, busId: textIn(bus), emulated };
  }

  #attribute(attribute: number, device: number): number {
    const status = this.symbols.cuDeviceGetAttribute(OUT_INT, attribute, device);
    this.check(status, "cuDeviceGetAttribute", "GPU 0");
    return OUT_INT[0];
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

  /** Unloads it. */
  [Symbol.dispose](): void {
    this.#library.close();
  }
}
