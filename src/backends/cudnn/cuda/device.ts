/**
 * The first GPU, as the driver describes it.
 *
 * @module
 */

import { MissingError } from "../../../base/errors.ts";
import type { Driver } from "./driver.ts";
import { OUT, OUT_INT, textIn } from "./foreign.ts";
import { DEVICE_ATTRIBUTE } from "./symbols/driver.ts";

/** What a device says of itself. */
export interface GpuFacts {
  /** Its name, such as `NVIDIA H100 80GB HBM3`. */
  readonly name: string;
  /** Compute capability times 10, such as 90. */
  readonly capability: number;
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

/**
 * Number of the first device.
 *
 * @throws MissingError when the driver shows none
 */
export function firstDevice(driver: Driver): number {
  const { cuDeviceGetCount, cuDeviceGet } = driver.symbols;
  driver.check(cuDeviceGetCount(OUT_INT), "cuDeviceGetCount", "the GPUs");
  if (OUT_INT[0] === 0) {
    throw new MissingError("the CUDA driver shows no GPU", {
      advice: "check CUDA_VISIBLE_DEVICES, and nvidia-smi",
    });
  }
  driver.check(cuDeviceGet(OUT_INT, 0), "cuDeviceGet", "GPU 0");
  return OUT_INT[0];
}

/**
 * What a device says of itself.
 *
 * @throws MissingError when it is too old
 */
export function deviceFacts(driver: Driver, device: number): GpuFacts {
  const { cuDeviceGetName, cuDeviceGetPCIBusId, cuDeviceTotalMem_v2, cuDeviceGetAttribute } =
    driver.symbols;
  const [bytes, bus] = [new Uint8Array(256), new Uint8Array(32)];
  driver.check(cuDeviceGetName(bytes, bytes.length, device), "cuDeviceGetName", "GPU 0");
  driver.check(cuDeviceGetPCIBusId(bus, bus.length, device), "cuDeviceGetPCIBusId", "GPU 0");
  driver.check(cuDeviceTotalMem_v2(OUT, device), "cuDeviceTotalMem", "GPU 0");
  const memory = Number(OUT[0]);
  const [major, minor, multiprocessors] = [
    DEVICE_ATTRIBUTE.computeCapabilityMajor,
    DEVICE_ATTRIBUTE.computeCapabilityMinor,
    DEVICE_ATTRIBUTE.multiprocessors,
  ].map((attribute) => {
    const status = cuDeviceGetAttribute(OUT_INT, attribute, device);
    driver.check(status, "cuDeviceGetAttribute", "GPU 0");
    return OUT_INT[0];
  });
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
