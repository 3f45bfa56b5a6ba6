/**
 * Results compared with each other: what may be, and with what outcome.
 *
 * @module
 */

export { type CompareOptions, compareResults, DEFAULT_METRICS } from "./compare_results.ts";
export { type Allowed, obstacles } from "./obstacles.ts";
export { type Entry, type Matched, matchModels, predictionsOf, timingsOf } from "./sides.ts";
export { type ComparedGroup, type Grouped, groupResults, type LoneResult } from "./groups.ts";
