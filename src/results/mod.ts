/**
 * Results: the versioned schema, its reader and writer.
 *
 * @module
 */

export {
  formatRunResult,
  parseRunResult,
  readRunResult,
  runResultJsonSchema,
  withoutVolatile,
  writeRunResult,
} from "./files.ts";
export type * from "./run_result.ts";
