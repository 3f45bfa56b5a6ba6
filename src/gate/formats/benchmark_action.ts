/**
 * A gate as github-action-benchmark reads it (`customSmallerIsBetter`).
 *
 * @module
 */

import type { GateResult } from "../../results/mod.ts";
import { newTimes } from "./times.ts";

const MILLI = 1e3;

/** Milliseconds, half the distance of the quartiles as the range. */
export function benchmarkAction(gate: GateResult): string {
  const entries = newTimes(gate).map(({ name, seconds: { median, low, high } }) => ({
    name,
    unit: "ms",
    value: MILLI * median,
    range: `± ${(MILLI * (high - low) / 2).toPrecision(3)}`,
  }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}
