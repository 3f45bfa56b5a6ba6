/**
 * In how many slices of a run something was found.
 *
 * @module
 */

import type { Specification } from "../document.ts";
import { modelRows, plot } from "./plot.ts";

/** Runs of a model in which something was found in so many slices. */
export interface PresencePoint {
  /** The model. */
  readonly model: string;
  /** Slices of the run in which the prediction has foreground. */
  readonly found: number;
  /** Runs. */
  readonly runs: number;
}

/** From nothing found to all found: Viridis, cut where it is too pale. */
const COLOURS = ["#440154", "#414487", "#2A788E", "#22A884", "#9BD93C"];

/** A bar for each model, its runs by the number of slices in which something was found. */
export function presenceBars(points: readonly PresencePoint[], length: number): Specification {
  const counts = Array.from({ length: length + 1 }, (_, i) => length - i);
  const nameOf = (found: number) => `${found} of ${length}`;
  const values = points.map((point) => ({ ...point, slices: nameOf(point.found) }));
  return plot(values, {
    width: 420,
    height: { step: 30 },
    mark: { type: "bar" },
    encoding: {
      y: modelRows(points),
      x: {
        field: "runs",
        type: "quantitative",
        stack: "normalize",
        title: "share of runs",
        axis: { format: "%" },
      },
      color: {
        field: "slices",
        type: "nominal",
        title: "found in",
        scale: {
          domain: counts.map(nameOf),
          range: counts.map((found) => COLOURS[Math.round(found / length * (COLOURS.length - 1))]),
        },
        legend: { orient: "top" },
      },
      order: { field: "found", type: "quantitative", sort: "descending" },
    },
  });
}
