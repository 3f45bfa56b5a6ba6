/**
 * Table 1 and Fig. 2: scans and slices.
 *
 * @module
 */

import type { DatasetExperiment, RunResult } from "../../results/mod.ts";
import { type Block, table } from "../document.ts";
import { NOTHING, percentText } from "../format.ts";
import { PAPER } from "../../results/paper.ts";
import { histogram } from "../plots/histogram.ts";

/** Scans and slices of each split beside the paper's, and a histogram of slices per scan. */
export function datasetSection(_: RunResult, { splits }: DatasetExperiment): Block[] {
  const rows = splits.map((one) => [
    one.split,
    String(one.scans),
    String(one.patients),
    String(one.slices),
    one.positiveSlices === null ? NOTHING : String(one.positiveSlices),
    one.prevalence === null ? NOTHING : percentText(one.prevalence),
    String(PAPER.splits[one.split].scans),
    String(PAPER.splits[one.split].slices),
    percentText(PAPER.prevalence),
  ]);
  const columns = ["split", "scans", "patients", "slices", "positive slices", "prevalence"]
    .concat("scans (paper)", "slices (paper)", "prevalence (paper)");
  return [
    ...table("Table 1: scans and slices", columns, rows),
    {
      kind: "figure",
      name: "slices-per-scan",
      caption: "Fig. 2: scans by their number of slices",
      specification: histogram(splits),
    },
  ];
}
