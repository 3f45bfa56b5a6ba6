/**
 * A gate as Bencher Metric Format.
 *
 * @module
 */

import type { GateResult } from "../../results/mod.ts";
import { newTimes } from "./times.ts";

const NANO = 1e9;

/** Latency in nanoseconds, the median with its quartiles, by what was timed. */
export function bencher(gate: GateResult): string {
  const metrics = newTimes(gate).map(({ name, seconds: { median, low, high } }) => [name, {
    latency: { value: NANO * median, lower_value: NANO * low, upper_value: NANO * high },
  }]);
  return `${JSON.stringify(Object.fromEntries(metrics), null, 2)}\n`;
}
