/**
 * Times of one machine from commit to commit.
 *
 * @module
 */

import type { Specification } from "../document.ts";
import { type ColourScale } from "./colours.ts";
import { plot } from "./plot.ts";

/** The time of a model in a result. */
export interface CommitTime {
  /** The result: its letter and its commit. */
  readonly commit: string;
  /** The model. */
  readonly model: string;
  /** Seconds: the median. */
  readonly seconds: number;
  /** Ends of its interval; the median where it has none. */
  readonly low: number;
  /** The other end. */
  readonly high: number;
}

/** A line for each model, the commits in the order of the points, intervals as strokes. */
export function timeLine(points: readonly CommitTime[], scale: ColourScale): Specification {
  const x = {
    field: "commit",
    type: "nominal",
    title: null,
    sort: [...new Set(points.map(({ commit }) => commit))],
    axis: { labelAngle: -30, labelLimit: 200 },
  };
  const color = { field: "model", type: "nominal", title: null, scale, legend: { orient: "top" } };
  const y = (field: string) => ({
    field,
    type: "quantitative",
    title: "seconds",
    scale: { zero: true },
  });
  return plot(points.map((point) => ({ ...point })), {
    width: 480,
    height: 220,
    layer: [
      { mark: { type: "rule" }, encoding: { x, y: y("low"), y2: { field: "high" }, color } },
      { mark: { type: "line", point: { size: 40 } }, encoding: { x, y: y("seconds"), color } },
    ],
  });
}
