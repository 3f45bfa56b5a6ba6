/**
 * Times compared, process by process.
 *
 * @module
 */

import type { CommonRatio, InferenceTiming, RatioRecord, TimingRow } from "../results/mod.ts";
import { commonRatio, type TimeRatio, timeRatio } from "../statistics/log_ratio.ts";
import { type Matched, timingsOf } from "./sides.ts";

/** A row with what its ratio comes from. */
interface Compared {
  readonly row: TimingRow;
  readonly ratio: TimeRatio;
}

/** Rows of times of each matched pair in each scope, and what those of a scope have in common. */
export function timingRows(
  matched: readonly Matched[],
): { readonly rows: readonly TimingRow[]; readonly together: readonly CommonRatio[] } {
  const compared = matched.flatMap(rowsOf);
  const groups = new Map<string, Compared[]>();
  for (const one of compared) {
    const key = `${one.row.other} ${one.row.scope}`;
    groups.set(key, [...groups.get(key) ?? [], one]);
  }
  return {
    rows: compared.map(({ row }) => row),
    together: [...groups.values()].filter((group) => group.length > 1).map((group) => ({
      scope: group[0].row.scope,
      other: group[0].row.other,
      rows: group.length,
      ratio: ratioRecord(commonRatio(group.map(({ ratio }) => ratio))),
    })),
  };
}

function rowsOf({ name, side, base, other }: Matched): Compared[] {
  const theirs = timingsOf(other);
  return timingsOf(base).flatMap((ours) => {
    const twin = theirs.find(({ scope, clock }) => scope === ours.scope && clock === ours.clock);
    if (!twin) return [];
    // a batch of other size, or stacks beside slices: times of a slice are what compares
    const perSlice = ours.slices === twin.slices ? 1 : ours.slices / twin.slices;
    const ratio = timeRatio(
      unitsOf(ours),
      unitsOf(twin).map((seconds) => seconds * perSlice),
    );
    return [{
      ratio,
      row: {
        model: name,
        scope: ours.scope,
        other: side,
        base: timesOf(ours),
        compared: timesOf(twin),
        ratio: ratioRecord(ratio),
      },
    }];
  });
}

function unitsOf({ processes }: InferenceTiming): number[] {
  return processes.map(({ median }) => median);
}

function timesOf(timing: InferenceTiming): TimingRow["base"] {
  const units = unitsOf(timing);
  const seconds = Math.exp(units.reduce((sum, one) => sum + Math.log(one), 0) / units.length);
  return { seconds, processes: units.length, slicesPerSecond: timing.slices / seconds };
}

function ratioRecord({ ratio, interval, detectable }: TimeRatio): RatioRecord {
  return {
    ratio,
    interval,
    includesOne: interval && interval.low <= 1 && interval.high >= 1,
    detectable,
  };
}
