/**
 * Results: the versioned schema, its reader and writer, what a run records of its machine.
 *
 * @module
 */

export { environmentRecord, type RecordedBackend, startRecord, toolRecord } from "./environment.ts";
export {
  formatRunResult,
  parseRunResult,
  readRunResult,
  runResultJsonSchema,
  sameResult,
  withoutVolatile,
  writeRunResult,
} from "./files.ts";
export { hasFinished, resumeObstacle, type RunIdentity } from "./resume.ts";
export { readGpuCheck, writeGpuCheck } from "./schema_gpu_check.ts";
export type * from "./experiment_records.ts";
export type * from "./gpu_check_records.ts";
export type * from "./measured.ts";
export type { PaperRecord } from "./paper.ts";
export type * from "./profile_records.ts";
export type * from "./run_result.ts";
export type * from "./statistics_records.ts";
export type * from "./timing_records.ts";
