/**
 * Running suites.
 *
 * @module
 */

export { requireFolder, type RunFolder } from "./run_folder.ts";
export type { CommandLine } from "./timing_client.ts";
export type { RunRequest } from "./run_request.ts";
export { runSuite } from "./run_suite.ts";
export {
  type LoadedSuite,
  loadSuite,
  parseSuite,
  type Suite,
  type SuiteFolds,
  type SuiteModel,
  type SuiteOverlap,
} from "./suite.ts";
export { type Clock, type Phase, PHASES, Stopwatch } from "./timer.ts";
