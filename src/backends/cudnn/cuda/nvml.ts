/**
 * The state of a GPU as NVML tells it: what a measurement was made under.
 *
 * @module
 */

import { NativeError } from "../../../base/errors.ts";
import { cText, openLibrary, OUT, textAt, textIn } from "./foreign.ts";
import { Resource } from "./resource.ts";
import { CLOCK, NVML_SYMBOLS, SENSOR_ON_CHIP, THROTTLE_REASONS } from "./symbols/nvml.ts";

/** The state of a GPU at one moment. */
export interface GpuState {
  /** Version of the driver, such as `580.82.07`. */
  readonly driver: string;
  /** Clock of the multiprocessors in MHz. */
  readonly clock: number;
  /** Clock of the memory in MHz. */
  readonly memoryClock: number;
  /** Degrees Celsius; null where it does not say. */
  readonly temperature: number | null;
  /** Whether memory corrects errors; null where the GPU cannot. */
  readonly ecc: boolean | null;
  /** Power that it may draw, in watts; null where it does not say. */
  readonly powerLimit: number | null;
  /** What holds its clocks down, in words; empty where nothing does. */
  readonly throttleReasons: readonly string[];
}

/** `NVML_ERROR_NOT_SUPPORTED`: this GPU has no such thing. */
const NOT_SUPPORTED = 3;

/**
 * Asks for the state of a GPU.
 *
 * @param path absolute path of `libnvidia-ml.so.1`
 * @param busId where the GPU is on the PCI bus: NVML counts GPUs in another order than CUDA, and
 *   also those that CUDA is told to hide
 * @throws MissingError when it cannot be loaded; NativeError when it fails
 */
export function gpuState(path: string, busId: string): GpuState {
  const library = openLibrary("nvml", path, NVML_SYMBOLS);
  try {
    return new Nvml(library.symbols).state(busId);
  } finally {
    library.close();
  }
}

class Nvml {
  readonly #symbols: Deno.DynamicLibrary<typeof NVML_SYMBOLS>["symbols"];

  constructor(symbols: Deno.DynamicLibrary<typeof NVML_SYMBOLS>["symbols"]) {
    this.#symbols = symbols;
  }

  state(busId: string): GpuState {
    const { nvmlInit_v2, nvmlShutdown } = this.#symbols;
    this.#check(nvmlInit_v2(), "nvmlInit");
    // one initialisation is one thing to be closed
    using _started = new Resource("NVML", 1n, () => this.#check(nvmlShutdown(), "nvmlShutdown"));
    const symbols = this.#symbols;
    const text = new Uint8Array(96);
    const version = symbols.nvmlSystemGetDriverVersion(text, text.length);
    this.#check(version, "nvmlSystemGetDriverVersion");
    const found = symbols.nvmlDeviceGetHandleByPciBusId_v2(cText(busId), OUT);
    this.#check(found, "nvmlDeviceGetHandleByPciBusId");
    const device = OUT[0];
    const [now, pending] = [new Uint32Array(1), new Uint32Array(1)];
    const number = (status: number, call: string): number | null =>
      this.#has(status, call) ? now[0] : null;
    const clock = (type: number) => {
      this.#check(symbols.nvmlDeviceGetClockInfo(device, type, now), "nvmlDeviceGetClockInfo");
      return now[0];
    };
    const temperature = number(
      symbols.nvmlDeviceGetTemperature(device, SENSOR_ON_CHIP, now),
      "nvmlDeviceGetTemperature",
    );
    const ecc = number(symbols.nvmlDeviceGetEccMode(device, now, pending), "nvmlDeviceGetEccMode");
    const milliwatts = number(
      symbols.nvmlDeviceGetEnforcedPowerLimit(device, now),
      "nvmlDeviceGetEnforcedPowerLimit",
    );
    return {
      driver: textIn(text),
      clock: clock(CLOCK.sm),
      memoryClock: clock(CLOCK.memory),
      temperature,
      ecc: ecc === null ? null : ecc === 1,
      powerLimit: milliwatts === null ? null : milliwatts / 1000,
      throttleReasons: this.#throttleReasons(device),
    };
  }

  #throttleReasons(device: bigint): string[] {
    const status = this.#symbols.nvmlDeviceGetCurrentClocksThrottleReasons(device, OUT);
    if (!this.#has(status, "nvmlDeviceGetCurrentClocksThrottleReasons")) return [];
    const reasons = OUT[0];
    return Object.entries(THROTTLE_REASONS)
      .filter(([, bit]) => (reasons & bit) !== 0n)
      .map(([name]) => name);
  }

  /** Whether the GPU has what was asked for. */
  #has(status: number, call: string): boolean {
    if (status === NOT_SUPPORTED) return false;
    this.#check(status, call);
    return true;
  }

  #check(status: number, call: string): void {
    if (status === 0) return;
    const said = textAt(this.#symbols.nvmlErrorString(status));
    throw new NativeError(`${call} for the GPU: ${said}`, { details: { call, status } });
  }
}
