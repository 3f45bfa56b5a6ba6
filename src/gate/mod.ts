/**
 * Whether a change made anything slower, worse or other than it was.
 *
 * @module
 */

export { runStoredGate, type StoredGateRequest } from "./baseline/run_stored_gate.ts";
export { annotations } from "./formats/annotations.ts";
export { bencher } from "./formats/bencher.ts";
export { benchmarkAction } from "./formats/benchmark_action.ts";
export { junit } from "./formats/junit.ts";
export { prometheus } from "./formats/prometheus.ts";
export type { RunScan } from "../bench/run_scans.ts";
export type { RunScope } from "../bench/run_scopes.ts";
export type { Slowness } from "../bench/slowed.ts";
export { type GateContext, type GateRequest, type Layer, LAYERS, runGate } from "./run_gate.ts";
export { type Checkouts, openCheckouts, TEMPORARY } from "./sides/checkouts.ts";
export { repositoryOf } from "./sides/git.ts";
export {
  needsRepository,
  openNewSide,
  openSides,
  type Places,
  type Side,
  type SidesRequest,
} from "./sides/sides.ts";
export { BUDGET_MINUTES, TOLERATED } from "./time/defaults.ts";
export { EXIT_OF } from "./verdict.ts";
