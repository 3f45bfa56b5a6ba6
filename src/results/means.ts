/**
 * Means over scans, with their intervals.
 *
 * @module
 */

import type { Metric } from "../metrics/mod.ts";
import { meanInterval } from "../statistics/mod.ts";
import type { RunFacts, Scored } from "./facts.ts";
import type { MeanRecord, MeasuredValue } from "./records.ts";

/** A value of each scored scan. */
export interface ScanValue extends MeasuredValue {
  /** Number of the scan's patient. */
  readonly patient: number;
}

/**
 * The mean of the values that are defined. In a complete run it has its interval: 10,000 resamples
 * after each scan would take longer than the scan.
 *
 * @example
 * ```ts
 * import { meanRecord } from "./means.ts";
 * import assert from "node:assert/strict";
 * const values = [{ value: 0.5, patient: 0 }, { value: null, reason: "empty", patient: 1 }];
 * assert.deepEqual(meanRecord(values, { seed: 1, complete: true }), {
 *   value: 0.5,
 *   interval: null,
 *   intervalReason: "one patient has no spread",
 * });
 * ```
 */
export function meanRecord(
  values: readonly ScanValue[],
  { seed, complete }: Pick<RunFacts, "seed" | "complete">,
): MeanRecord {
  const defined = values.flatMap(({ value, patient }) =>
    value === null ? [] : [{ value, patient }]
  );
  if (defined.length === 0) {
    const reason = values[0] ? `defined on no scan: ${values[0].reason}` : "no scan is scored yet";
    return { value: null, reason };
  }
  const numbers = defined.map(({ value }) => value);
  const value = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  if (!complete) return { value };
  const { interval, reason } = meanInterval(numbers, {
    seed,
    patients: defined.map(({ patient }) => patient),
  });
  return { value, interval, ...(interval ? {} : { intervalReason: reason }) };
}

/** Mean records of those metrics of scored scans that were measured, by name. */
export function meanRecords(
  scans: readonly Scored[],
  metrics: readonly Metric[],
  facts: Pick<RunFacts, "seed" | "complete">,
): Record<string, MeanRecord> {
  const known = scans[0]?.prediction.metrics ?? {};
  const measured = metrics.filter(({ name }) => Object.hasOwn(known, name));
  return Object.fromEntries(measured.map(({ name }) => [
    name,
    meanRecord(
      scans.map(({ scan, prediction }) => ({
        ...prediction.metrics![name],
        patient: scan.patient,
      })),
      facts,
    ),
  ]));
}
