/**
 * Statistics: summaries, bootstrap intervals and paired tests.
 *
 * @module
 */

export { FEWEST_UNITS, geometricInterval } from "./student_t.ts";
export { bcaInterval, type Bootstrapped, type IntervalOrReason } from "./bca.ts";
export { type BootstrapOptions, type Interval, medianInterval } from "./bootstrap.ts";
export { type VarianceComponents, varianceComponents } from "./components.ts";
export { compare, type Comparison, type PairedMeasure } from "./compare.ts";
export { holm } from "./holm.ts";
export { meanInterval, type MeanIntervalOptions } from "./mean_interval.ts";
export { mean, median, quantile, standardDeviation, summarise, type Summary } from "./summary.ts";
export { type SignedRankTest, wilcoxon } from "./wilcoxon.ts";
