/**
 * What this machine has: processor, memory, native libraries; and which Stackbench runs on it.
 *
 * @module
 */

export { type CpuFacts, cpuFacts, loadAverage } from "./cpu.ts";
export { fetchOneDnn } from "./fetch.ts";
export {
  findLibrary,
  type FoundLibrary,
  LIBRARIES,
  type LibraryKey,
  type LibrarySpec,
  projectLibraryFolder,
} from "./libraries.ts";
export {
  type MachineMemory,
  machineMemory,
  peakMemory,
  resetPeakMemory,
  residentMemory,
} from "./memory.ts";
export { type ToolFacts, toolFacts } from "./tool.ts";
