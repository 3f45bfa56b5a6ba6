/**
 * `dataset`: Table 1 and Fig. 2 of the paper.
 *
 * @module
 */

import * as z from "zod";
import { refused } from "../facts.ts";
import { paperOfSplit } from "../paper.ts";
import type { CaseRecord } from "../records.ts";
import { done, paperOfIt, split, whole } from "../schema/parts.ts";
import { defineExperiment } from "./experiment.ts";

const histogramOfSlices = z.object({
  from: whole.describe("Lower edge of the first bin, in slices."),
  width: whole.describe("Width of a bin, in slices."),
  counts: z.array(whole).describe("Scans in each bin."),
});

const splitRecord = z.object({
  split: split.describe("The split."),
  scans: whole.describe("Scans."),
  patients: whole.describe("Patients."),
  slices: whole.describe("Slices of all its scans."),
  positiveSlices: whole.nullable().describe(
    "Slices with foreground in truth; null where a scan has no truth.",
  ),
  prevalence: z.number().nullable().describe(
    "Positive slices over slices; null where a scan has no truth.",
  ),
  slicesPerScan: z.array(whole).describe("Slices of each scan, in the order of the manifest."),
  histogram: histogramOfSlices.describe(
    "Scans by number of slices: bins of equal width from `from` on.",
  ),
  paper: paperOfIt,
});

const record = z.object({
  status: done,
  splits: z.array(splitRecord).describe("One entry a split that has scans."),
}).meta({ id: "DatasetExperiment", description: "Scans and slices of each split." });

/** Slices that one bin of the histogram spans. */
const BIN = 50;

/** Scans, slices, positive slices and the histogram of slices per scan, by split. */
export const dataset = defineExperiment({
  key: "dataset",
  title: "Data",
  about: "Table 1 and Fig. 2: scans, slices, prevalence, slices per scan.",
  record,
  make({ cases }) {
    if (cases.length === 0) return refused("no scan was read");
    const splits = split.options.flatMap((split) => {
      const scans = cases.filter((scan) => scan.split === split);
      return scans.length ? [{ split, ...describe(scans), paper: paperOfSplit(split) }] : [];
    });
    return { status: "done", splits };
  },
});

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
