/**
 * Histogram of slices per scan.
 *
 * @module
 */

import type { DatasetExperiment } from "../../results/mod.ts";
import type { Specification } from "../document.ts";
import { plot } from "./plot.ts";

/** Scans by number of slices, the splits one on another. */
export function histogram(splits: DatasetExperiment["splits"]): Specification {
  const values = splits.flatMap(({ split, histogram: { from, width, counts } }, order) =>
    counts.map((scans, bin) => ({
      split,
      order,
      from: from + bin * width,
      to: from + (bin + 1) * width,
      scans,
    }))
  );
  return plot(values, {
    width: 480,
    height: 200,
    mark: { type: "bar", binSpacing: 2 },
    encoding: {
      // from 0: a single bar would fill the plot
      x: {
        field: "from",
        type: "quantitative",
        bin: "binned",
        title: "slices of a scan",
        scale: { zero: true },
      },
      x2: { field: "to" },
      y: { field: "scans", type: "quantitative", title: "scans", axis: { tickMinStep: 1 } },
      color: {
        field: "split",
        type: "nominal",
        sort: splits.map(({ split }) => split),
        scale: { range: ["#0072B2", "#E69F00", "#009E73"] },
      },
      order: { field: "order", type: "quantitative" },
    },
  });
}
