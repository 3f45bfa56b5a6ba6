/**
 * Bootstrap interval of a mean, resampled by patient.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { type Random, random } from "../base/random.ts";
import { bcaInterval, type Bootstrapped, type IntervalOrReason } from "./bca.ts";
import { type BootstrapOptions, checkBootstrap } from "./bootstrap.ts";
import { mean } from "./summary.ts";

/** How the interval of a mean is drawn. */
export interface MeanIntervalOptions extends BootstrapOptions {
  /**
   * Patient of each value. Values of one patient are drawn together, since they resemble each
   * other and a scan more of the same patient tells little. Each value its own, if not given.
   */
  readonly patients?: readonly (number | string)[];
}

/** The values of one patient. */
export interface Cluster {
  /** Their sum. */
  readonly sum: number;
  /** How many. */
  readonly count: number;
}

/**
 * BCa bootstrap interval of the mean of all values, from resampled patients.
 *
 * With one patient, or where all patients' means are equal, there is none: null and the reason.
 * With two patients it is the pair of their means, whatever the level. With few it is too narrow,
 * as every bootstrap of so few is: of normal values, 95 % intervals hold the true mean 48 times of
 * 100 for two patients, 71 for three, 83 for five, 89 for ten, 92 for twenty.
 *
 * @throws InputError where there are no values, one is not finite, an option is out of range or
 * `patients` has another length
 *
 * @example
 * ```ts
 * import { meanInterval } from "./mean_interval.ts";
 * import assert from "node:assert/strict";
 * const dice = [0.71, 0.8, 0.77, 0.65, 0.82, 0.79];
 * const { interval } = meanInterval(dice, { seed: 1 });
 * assert.ok(interval!.low > 0.65 && interval!.low < 0.757 && interval!.high > 0.757);
 * assert.equal(meanInterval([0.7], { seed: 1 }).reason, "one patient has no spread");
 * ```
 */
export function meanInterval(
  values: readonly number[],
  { patients, ...bootstrap }: MeanIntervalOptions,
): IntervalOrReason {
  const { seed, resamples, level } = checkBootstrap(bootstrap);
  const estimate = mean(values);
  const clusters = clustersOf(values, patients);
  if (clusters.length === 1) return { interval: null, reason: "one patient has no spread" };
  const stream = random(seed, "bootstrap", "mean");
  const drawn = bootstrapMean(clusters, estimate, resamples, stream);
  return bcaInterval(drawn, level);
}

/**
 * Means of resampled patients, and of all patients but one.
 *
 * @param clusters at least two
 */
export function bootstrapMean(
  clusters: readonly Cluster[],
  estimate: number,
  resamples: number,
  stream: Random,
): Bootstrapped {
  const total = clusters.reduce((all, cluster) => ({
    sum: all.sum + cluster.sum,
    count: all.count + cluster.count,
  }));
  const replicates = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    let count = 0;
    for (let i = 0; i < clusters.length; i++) {
      const cluster = clusters[stream.integer(clusters.length)];
      sum += cluster.sum;
      count += cluster.count;
    }
    return sum / count;
  });
  const jackknife = clusters.map(({ sum, count }) => (total.sum - sum) / (total.count - count));
  return { estimate, replicates, jackknife };
}

/** The values of each patient, in the order in which patients first appear. */
export function clustersOf(
  values: readonly number[],
  patients: readonly (number | string)[] = values.map((_, index) => index),
): Cluster[] {
  if (patients.length !== values.length) {
    throw new InputError(`${values.length} values have ${patients.length} patients.`, {
      advice: "Name the patient of each value.",
    });
  }
  const clusters = new Map<number | string, Cluster>();
  values.forEach((value, index) => {
    const { sum, count } = clusters.get(patients[index]) ?? { sum: 0, count: 0 };
    clusters.set(patients[index], { sum: sum + value, count: count + 1 });
  });
  return [...clusters.values()];
}
