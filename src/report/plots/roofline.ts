/**
 * The roofline of a profile: operations a second over operations a byte, both axes logarithmic,
 * under the roofs of memory and of arithmetic.
 *
 * @module
 */

import type { ProfileRecord } from "../../results/mod.ts";
import type { Specification } from "../document.ts";
import { plot } from "./plot.ts";

/** Colours of the ops that take longest; all others are grey. */
const COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"];
const OTHERS = "other ops";
const OTHER_COLOUR = "#999999";

/**
 * Draws every step as a point, its area by its time. Where the clock saw no time, or nothing is
 * computed, there is no place under both axes: a step without operations stands at the left edge,
 * as far below the roof as its bytes a second are below those of memory.
 */
export function roofline({ peaks, steps, groups }: ProfileRecord): Specification {
  const coloured = groups.slice(0, COLOURS.length).map(({ op }) => op);
  const timed = steps.filter(({ seconds }) => seconds > 0);
  const intensities = timed.filter(({ flops }) => flops > 0).map(({ flops, bytes }) =>
    flops / bytes
  );
  const ridge = peaks.gflopPerSecond / peaks.gbPerSecond;
  const edge = 0.5 * Math.min(ridge / 10, ...intensities);
  const left = edge / 1.4;
  const right = 2 * Math.max(ridge * 10, ...intensities);
  const points = timed.map(({ name, op, implementation, flops, bytes, seconds }) => {
    const intensity = flops > 0 ? flops / bytes : edge;
    return {
      name,
      op: coloured.includes(op) ? op : OTHERS,
      implementation,
      intensity,
      rate: intensity * bytes / seconds / 1e9,
      milliseconds: seconds * 1e3,
      kind: flops > 0 ? "computes" : "moves only",
    };
  });
  const roofAt = (intensity: number) =>
    Math.min(peaks.gflopPerSecond, intensity * peaks.gbPerSecond);
  const roof = [left, ridge, right].map((intensity) => ({ intensity, rate: roofAt(intensity) }));
  const lowest = Math.min(roof[0].rate, ...points.map(({ rate }) => rate));
  const highest = Math.max(peaks.gflopPerSecond, ...points.map(({ rate }) => rate));
  const ops = [...coloured, OTHERS].filter((name) => points.some(({ op }) => op === name));
  const colours = ops.map((name) => name === OTHERS ? OTHER_COLOUR : COLOURS[ops.indexOf(name)]);
  const x = {
    field: "intensity",
    type: "quantitative",
    title: "FLOP / byte",
    scale: { type: "log", domain: [left, right], nice: false },
    axis: { format: "~g", tickCount: 8 },
  };
  const y = {
    field: "rate",
    type: "quantitative",
    title: "GFLOP / s",
    scale: { type: "log", domain: [lowest / 2, highest * 2], nice: false },
    axis: { format: "~g", tickCount: 8 },
  };
  const label = (intensity: number, text: string, place: Readonly<Record<string, unknown>>) => ({
    data: { values: [{ intensity, rate: roofAt(intensity), text }] },
    mark: { type: "text", ...place },
    encoding: { x, y, text: { field: "text" } },
  });
  return plot(points, {
    width: 560,
    height: 360,
    layer: [
      {
        data: { values: roof },
        mark: { type: "line", color: "#000000" },
        encoding: { x, y },
      },
      {
        mark: { type: "point", filled: true, opacity: 0.7 },
        encoding: {
          x,
          y,
          size: {
            field: "milliseconds",
            type: "quantitative",
            title: "ms",
            scale: { range: [12, 400] },
          },
          shape: {
            field: "kind",
            type: "nominal",
            title: null,
            scale: { domain: ["computes", "moves only"], range: ["circle", "triangle-right"] },
          },
          color: {
            field: "op",
            type: "nominal",
            title: null,
            sort: ops,
            scale: { domain: ops, range: colours },
          },
          tooltip: [{ field: "name" }, { field: "implementation" }],
        },
      },
      label(
        right,
        `${peaks.gflopPerSecond.toPrecision(3)} GFLOP/s in products of matrices`,
        { align: "right", dx: -4, dy: -8 },
      ),
      // under the slope: above it there is no room beside the axis
      label(
        Math.sqrt(left * ridge),
        `${peaks.gbPerSecond.toPrecision(3)} GB/s to and from memory`,
        { align: "left", dx: 8, dy: 8 },
      ),
    ],
  });
}
