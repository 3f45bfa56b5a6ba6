/**
 * A value of every scan: of models side by side, and the differences of two.
 *
 * @module
 */

import type { IntervalRecord } from "../../results/mod.ts";
import type { Specification } from "../document.ts";
import { colourScale, QUIET_COLOUR } from "./colours.ts";
import { plot } from "./plot.ts";

/** A value of a scan. */
export interface ScanPoint {
  /** The scan as readers meet it. */
  readonly scan: string;
  /** Whose value it is. */
  readonly series: string;
  /** The value. */
  readonly value: number;
}

/** Height of a scan's line in pixels: of so many, names are written; more are drawn closer. */
const [STEP, CLOSE_STEP, MOST_NAMED] = [16, 5, 60];

/** How scans stand one under another, in their order. */
function rows(scans: readonly string[]) {
  const named = scans.length <= MOST_NAMED;
  return {
    height: { step: named ? STEP : CLOSE_STEP },
    y: {
      field: "scan",
      type: "nominal",
      title: named ? null : "scans",
      sort: scans,
      axis: { labels: named, ticks: named, grid: named, domain: false },
    },
  } as const;
}

/**
 * A line for each scan with a point for each series, the lowest mean on top.
 *
 * @param title of the axis, which runs from 0 to 1
 */
export function scanValues(
  points: readonly ScanPoint[],
  title: string,
  colours: ReadonlyMap<string, string>,
): Specification {
  const series = [...new Set(points.map((point) => point.series))];
  const meanOf = (scan: string) => {
    const own = points.filter((point) => point.scan === scan);
    return own.reduce((sum, { value }) => sum + value, 0) / own.length;
  };
  const scans = [...new Set(points.map(({ scan }) => scan))];
  const sorted = scans.map((scan) => ({ scan, mean: meanOf(scan) }))
    .sort((a, b) => a.mean - b.mean).map(({ scan }) => scan);
  const { height, y } = rows(sorted);
  const x = { field: "value", type: "quantitative", title, scale: { domain: [0, 1] } };
  return plot(points.map((point) => ({ ...point })), {
    width: 440,
    height,
    encoding: { y },
    layer: [
      {
        mark: { type: "rule", color: QUIET_COLOUR },
        encoding: {
          x: { ...x, aggregate: "min" },
          x2: { field: "value", aggregate: "max" },
        },
      },
      {
        mark: { type: "point", filled: true, size: 50, opacity: 0.9 },
        encoding: {
          x,
          color: {
            field: "series",
            type: "nominal",
            title: null,
            scale: colourScale(series, colours),
            legend: { orient: "top", columns: 2, labelLimit: 400 },
          },
        },
      },
    ],
  });
}

/** A difference of a scan. */
export interface ScanDifference {
  /** The scan as readers meet it. */
  readonly scan: string;
  /** One model's value less the other's. */
  readonly difference: number;
}

/** What is known of all differences together. */
export interface MeanDifference {
  /** Their mean. */
  readonly mean: number;
  /** Its interval; null where there is none. */
  readonly interval: IntervalRecord | null;
}

/**
 * A line for each scan from 0 to its difference, the largest on top, and under all of them their
 * mean with its interval.
 *
 * @param title of the axis
 */
export function scanDifferences(
  differences: readonly ScanDifference[],
  { mean, interval }: MeanDifference,
  title: string,
): Specification {
  const sorted = [...differences].sort((a, b) => b.difference - a.difference);
  const { height, y } = rows([...sorted.map(({ scan }) => scan), MEAN]);
  const x = { field: "difference", type: "quantitative", title };
  const summary = [{
    scan: MEAN,
    difference: mean,
    low: interval?.low ?? mean,
    high: interval?.high ?? mean,
  }];
  return plot(sorted.map((one) => ({ ...one })), {
    width: 440,
    height,
    encoding: { y },
    layer: [
      {
        mark: { type: "rule", color: "#777777", strokeDash: [4, 4] },
        encoding: { x: { datum: 0 }, y: null },
      },
      {
        mark: { type: "rule", color: QUIET_COLOUR },
        encoding: { x, x2: { datum: 0 } },
      },
      {
        mark: { type: "point", filled: true, size: 50, color: "#0072B2" },
        encoding: { x },
      },
      {
        data: { values: summary },
        mark: { type: "rule", size: 3, color: "#D55E00" },
        encoding: { x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
      },
      {
        data: { values: summary },
        mark: { type: "point", filled: true, shape: "diamond", size: 110, color: "#D55E00" },
        encoding: { x },
      },
    ],
  });
}

const MEAN = "mean, 95 %";
