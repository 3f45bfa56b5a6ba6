/**
 * Times against the samples that they come from.
 *
 * @module
 */

import { median } from "../../statistics/mod.ts";
import type { RunResult } from "../records.ts";
import { isClose } from "./close.ts";

/** Contradictions of medians, rates and intervals. */
export function* contradictionsOfTiming({ timing }: RunResult): Generator<string> {
  for (const [i, one] of timing.inference.entries()) {
    const path = `timing.inference.${i}`;
    const { processes, median: middle, interval, slices, slicesPerSecond } = one;
    for (const [k, { samples, median: own }] of processes.entries()) {
      const at = `${path}.processes.${k}`;
      if (samples.length === 0) yield `${at}.samples: there are none`;
      else yield* differs(own, median(samples.map(({ seconds }) => seconds)), `${at}.median`);
    }
    yield* differs(middle, median(processes.map((process) => process.median)), `${path}.median`);
    yield* differs(slicesPerSecond, slices / middle, `${path}.slicesPerSecond`);
    if (interval && interval.low > interval.high) yield `${path}.interval: its ends are swapped`;
  }
}

function* differs(value: number, expected: number, path: string): Generator<string> {
  if (!isClose(value, expected)) {
    yield `${path}: ${value} is not ${expected}, which follows from its samples`;
  }
}
