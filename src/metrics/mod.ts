/**
 * Every metric of a pair of masks.
 *
 * @module
 */

export type { Triple } from "./distances.ts";
export { evaluateMasks } from "./evaluate_masks.ts";
export { evaluatePair, METRICS } from "./list.ts";
export { MaskPair, type MetricGrid, type PairFacts } from "./mask_pair.ts";
export { type Measured, measured, type Metric, type Need, undefinedBecause } from "./metric.ts";
