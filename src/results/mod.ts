/**
 * Results: the versioned schema, its reader and writer, the experiments that make its sections,
 * what a run records of its machine.
 *
 * @module
 */

export { processorText } from "./processor.ts";
export { endingInZeros } from "./zeros.ts";
export { environmentRecord, type RecordedBackend, startRecord, toolRecord } from "./environment.ts";
export { EXPERIMENT_NAMES, type ExperimentName } from "./experiments/mod.ts";
export {
  formatRunResult,
  type ParsedResult,
  parseRunResult,
  readResultFile,
  readRunResult,
  runResultJsonSchema,
  sameResult,
  withoutVolatile,
  writeRunResult,
} from "./files.ts";
export { factWarnings, momentWarnings, warning, type WarningCode, WARNINGS } from "./warnings.ts";
export { hasFinished, resumeObstacle, type RunIdentity } from "./resume.ts";
export { readGpuCheck, writeGpuCheck } from "./gpu_check_file.ts";
export type * from "./records.ts";
export type { SchemaVersion } from "./version.ts";
