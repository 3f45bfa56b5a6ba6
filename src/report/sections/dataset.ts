/**
 * Table 1 and Fig. 2: scans and slices.
 *
 * @module
 */

import type { DatasetExperiment, RunResult } from "../../results/mod.ts";
import { type Block, figure, fold, table } from "../document.ts";
import { amount, amountOr, NOTHING, percentText } from "../format.ts";
import { scanText } from "../models.ts";
import { PAPER } from "../../results/paper.ts";
import { histogram } from "../plots/histogram.ts";

/** Scans and slices of each split beside the paper's, a histogram of slices, every scan. */
export function datasetSection(result: RunResult, { splits }: DatasetExperiment): Block[] {
  const rows = splits.map((one) => [
    one.split,
    amount(one.scans),
    amount(one.patients),
    amount(one.slices),
    amountOr(one.positiveSlices),
    amountOr(one.prevalence, percentText),
    amount(PAPER.splits[one.split].scans),
    amount(PAPER.splits[one.split].slices),
    amount(PAPER.prevalence, percentText(PAPER.prevalence)),
  ]);
  const columns = ["split", "scans", "patients", "slices", "positive slices", "prevalence"]
    .concat("scans (paper)", "slices (paper)", "prevalence (paper)");
  return [
    ...table("scans-and-slices", "Table 1: scans and slices", columns, rows),
    figure(
      "slices-per-scan",
      "Fig. 2: scans by their number of slices",
      histogram(splits),
    ),
    ...fold("Every scan", scansTable(result)),
  ];
}

function scansTable(result: RunResult): Block[] {
  const rows = result.dataset.cases.map((scan) => {
    const { index, split, shape, spacing, window, truth, caveats = [], notes } = scan;
    const noticed = notes.filter(({ kind }) => kind !== "found").map(({ message }) => message);
    return [
      scanText(result, index),
      split,
      amount(shape[0]),
      `${shape[1]}x${shape[2]}`,
      spacing === null ? "unknown" : spacing.map((mm) => mm.toPrecision(3)).join(" x "),
      window,
      truth ? amount(truth.slicePixels.filter((pixels) => pixels > 0).length) : NOTHING,
      truth ? amount(truth.voxels) : NOTHING,
      [...caveats, ...noticed].join("; ") || NOTHING,
    ];
  });
  const columns = ["scan", "split", "slices", "rows and columns", "spacing z, y, x in mm"]
    .concat("window", "positive slices", "true voxels", "what is wrong, or was repaired");
  return table("every-scan", "The scans", columns, rows);
}
