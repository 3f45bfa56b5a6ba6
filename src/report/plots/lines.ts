/**
 * Lines over a number, one a series.
 *
 * @module
 */

import type { Specification } from "../document.ts";
import { colourScale } from "./colours.ts";
import { plot } from "./plot.ts";

/** A point of a line. */
export interface LinePoint {
  /** Name of the line. */
  readonly series: string;
  /** Where. */
  readonly x: number;
  /** How much. */
  readonly y: number;
}

/** What the axes are, and a place to mark. */
export interface LineAxes {
  /** Title of the horizontal axis. */
  readonly x: string;
  /** Title of the vertical axis, which runs from 0 to 1. */
  readonly y: string;
  /** Where a vertical line stands. */
  readonly mark: number;
}

/** Lines with their points, and a dashed vertical line. */
export function lines(
  points: readonly LinePoint[],
  { x, y, mark }: LineAxes,
  colours: ReadonlyMap<string, string>,
): Specification {
  const series = [...new Set(points.map((point) => point.series))];
  return plot(points.map((point) => ({ ...point })), {
    width: 480,
    height: 240,
    layer: [
      {
        mark: { type: "rule", strokeDash: [4, 4], color: "#777777" },
        encoding: { x: { datum: mark } },
      },
      {
        mark: { type: "line", point: true },
        encoding: {
          x: { field: "x", type: "quantitative", title: x },
          y: { field: "y", type: "quantitative", title: y, scale: { domain: [0, 1] } },
          color: {
            field: "series",
            type: "nominal",
            title: null,
            scale: colourScale(series, colours),
          },
        },
      },
    ],
  });
}
