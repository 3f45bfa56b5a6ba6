/**
 * Functions of NVML (`libnvidia-ml.so.1`, part of the driver), each with its declaration from
 * `nvml.h`.
 *
 * @module
 */

/** Functions that this backend calls. */
export const NVML_SYMBOLS = {
  // nvmlReturn_t nvmlInit_v2(void)
  nvmlInit_v2: { parameters: [], result: "i32" },
  // nvmlReturn_t nvmlShutdown(void)
  nvmlShutdown: { parameters: [], result: "i32" },
  // const char *nvmlErrorString(nvmlReturn_t result)
  nvmlErrorString: { parameters: ["i32"], result: "u64" },
  // nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned int length)
  nvmlSystemGetDriverVersion: { parameters: ["buffer", "u32"], result: "i32" },
  // nvmlReturn_t nvmlDeviceGetHandleByPciBusId_v2(const char *pciBusId, nvmlDevice_t *device)
  nvmlDeviceGetHandleByPciBusId_v2: { parameters: ["buffer", "buffer"], result: "i32" },
  // nvmlReturn_t nvmlDeviceGetClockInfo(nvmlDevice_t device, nvmlClockType_t type,
  //   unsigned int *clock)
  nvmlDeviceGetClockInfo: { parameters: ["u64", "i32", "buffer"], result: "i32" },
  // nvmlReturn_t nvmlDeviceGetTemperature(nvmlDevice_t device,
  //   nvmlTemperatureSensors_t sensorType, unsigned int *temp)
  nvmlDeviceGetTemperature: { parameters: ["u64", "i32", "buffer"], result: "i32" },
  // nvmlReturn_t nvmlDeviceGetEccMode(nvmlDevice_t device, nvmlEnableState_t *current,
  //   nvmlEnableState_t *pending)
  nvmlDeviceGetEccMode: { parameters: ["u64", "buffer", "buffer"], result: "i32" },
  // nvmlReturn_t nvmlDeviceGetEnforcedPowerLimit(nvmlDevice_t device, unsigned int *limit)
  nvmlDeviceGetEnforcedPowerLimit: { parameters: ["u64", "buffer"], result: "i32" },
  // nvmlReturn_t nvmlDeviceGetCurrentClocksThrottleReasons(nvmlDevice_t device,
  //   unsigned long long *clocksThrottleReasons)
  nvmlDeviceGetCurrentClocksThrottleReasons: { parameters: ["u64", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** `nvmlClockType_t`. */
export const CLOCK = { sm: 1, memory: 2 } as const;

/** `NVML_TEMPERATURE_GPU`: the sensor on the chip. */
export const SENSOR_ON_CHIP = 0;

/**
 * `nvmlClocksThrottleReason*`: bits that mean that the clocks are held below what the work asks
 * for. Idleness and clocks that the user set are not among them.
 */
export const THROTTLE_REASONS = {
  "power cap": 0x4n,
  "hardware slowdown": 0x8n,
  "temperature (software)": 0x20n,
  "temperature (hardware)": 0x40n,
  "power brake": 0x80n,
} as const;
