/**
 * `dataset`: Table 1 and Fig. 2 of the paper.
 *
 * @module
 */

import type { CaseRecord, DatasetExperiment, Refused } from "../../results/mod.ts";
import { paperOfSplit } from "../../results/paper.ts";
import { refused, type RunFacts } from "./facts.ts";

/** Slices that one bin of the histogram spans. */
const BIN = 50;

const SPLITS = ["train", "validation", "test"] as const;

/** Scans, slices, positive slices and the histogram of slices per scan, by split. */
export function dataset({ cases }: RunFacts): DatasetExperiment | Refused {
  if (cases.length === 0) return refused("no scan was read");
  const splits = SPLITS.flatMap((split) => {
    const scans = cases.filter((scan) => scan.split === split);
    return scans.length ? [{ split, ...describe(scans), paper: paperOfSplit(split) }] : [];
  });
  return { status: "done", splits };
}

function describe(scans: readonly CaseRecord[]) {
  const slicesPerScan = scans.map(({ shape }) => shape[0]);
  const slices = slicesPerScan.reduce((sum, count) => sum + count, 0);
  const positives = scans.map(({ truth }) =>
    truth ? truth.slicePixels.filter((pixels) => pixels > 0).length : null
  );
  const positiveSlices = positives.reduce<number | null>(
    (sum, count) => (sum === null || count === null ? null : sum + count),
    0,
  );
  return {
    scans: scans.length,
    patients: new Set(scans.map(({ patient }) => patient)).size,
    slices,
    positiveSlices,
    prevalence: positiveSlices === null ? null : positiveSlices / slices,
    slicesPerScan,
    histogram: histogram(slicesPerScan),
  };
}

function histogram(counts: readonly number[]) {
  const bins = counts.map((count) => Math.floor(count / BIN));
  const [first, last] = [Math.min(...bins), Math.max(...bins)];
  return {
    from: first * BIN,
    width: BIN,
    counts: Array.from(
      { length: last - first + 1 },
      (_, i) => bins.filter((bin) => bin === first + i).length,
    ),
  };
}
