/**
 * The course of a training: loss of every step, mean loss and validation Dice of every epoch.
 *
 * @module
 */

import { plot } from "./plot.ts";

/** A line of a training's log, as far as it is drawn. */
export interface LossPoint {
  /** Steps taken. */
  readonly step: number;
  /** Loss of the step. */
  readonly loss?: number;
  /** Mean loss of the epoch. */
  readonly meanLoss?: number;
  /** Validation Dice of the epoch. */
  readonly dice?: number | null;
}

/** Draws losses and Dice over the steps, as SVG. */
export async function lossPlot(points: readonly LossPoint[]): Promise<string> {
  const curve = (name: string, of: (point: LossPoint) => number | null | undefined) =>
    points.flatMap((point) => {
      const value = of(point);
      return value === undefined || value === null ? [] : [{ name, step: point.step, value }];
    });
  const names = ["loss of a step", "mean loss of an epoch", "validation Dice"];
  const rows = [
    ...curve(names[0], ({ loss }) => loss),
    ...curve(names[1], ({ meanLoss }) => meanLoss),
    ...curve(names[2], ({ dice }) => dice),
  ];
  const { svg } = await import("./svg.ts");
  return await svg(plot(rows, {
    width: 480,
    height: 240,
    mark: { type: "line", point: { size: 12 } },
    encoding: {
      x: { field: "step", type: "quantitative", title: "steps", axis: { tickMinStep: 1 } },
      y: { field: "value", type: "quantitative", title: null },
      color: {
        field: "name",
        type: "nominal",
        title: null,
        sort: names,
        scale: { domain: names, range: ["#BBBBBB", "#000000", "#0072B2"] },
      },
    },
  }));
}
