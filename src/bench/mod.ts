/**
 * Segmenting scans and running suites.
 *
 * @module
 */

export { type RunRequest, runSuite } from "./run_suite.ts";
export { segment, type Segmentation, type SegmentOptions } from "./segment.ts";
export {
  type Grouping,
  type ModelRequest,
  openSegmenter,
  type PreparedModel,
  prepareModel,
  type Segmenter,
} from "./segmenter.ts";
export {
  type ExperimentName,
  EXPERIMENTS,
  type LoadedSuite,
  loadSuite,
  parseSuite,
  type Suite,
  type SuiteFolds,
  type SuiteModel,
  type SuiteOverlap,
} from "./suite.ts";
export { type Clock, type Phase, PHASES, Stopwatch } from "./timer.ts";
