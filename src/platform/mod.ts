/**
 * What this machine has: processor, memory, native libraries; and which Stackbench runs on it.
 *
 * @module
 */

export { cacheBytes, lastLevelCache } from "./cache.ts";
export { type Activity, activityBetween, type CpuTimes, cpuTimes } from "./activity.ts";
export { childEnvironment } from "./child.ts";
export { type CpuFacts, cpuFacts, loadAverage } from "./cpu.ts";
export {
  adviceForLoadError,
  hasSystemLibrary,
  installCommand,
  type SystemLibrary,
} from "./dependencies.ts";
export {
  type BackendState,
  type DoctorCheck,
  type DoctorReport,
  doctorReport,
  formatDoctorReport,
} from "./doctor.ts";
export { type ProcessorTimes, processorTimes } from "./processor_time.ts";
export { clearUpFetches, fetchOneDnn } from "./fetch.ts";
export {
  type CudaMajor,
  driverCuda,
  fetchGpuLibrary,
  type GpuLibraryKey,
  wantedCuda,
} from "./gpu_wheels.ts";
export {
  ChangedLibraryError,
  findLibrary,
  type FoundLibrary,
  LIBRARIES,
  type LibraryFiles,
  type LibraryKey,
  type LibrarySearch,
  type LibrarySpec,
  namedByUser,
  requireLibrary,
  requireUnchanged,
  searchLibrary,
} from "./libraries.ts";
export type { FetchedFiles } from "./fetched_files.ts";
export { type CheckOptions, libraryChange } from "./library_check.ts";
export {
  type MachineMemory,
  machineMemory,
  peakMemory,
  resetPeakMemory,
  residentMemory,
} from "./memory.ts";
export {
  cacheFolder,
  libraryPlaces,
  type Place,
  projectLibraryFolder,
  setupFolder,
  userLibraryFolder,
} from "./places.ts";
export { type Fetchable, FETCHED_ALWAYS, fetchedForGpu } from "./setup.ts";
export { type ToolFacts, toolFacts } from "./tool.ts";
