/**
 * Area-plots, drawn as the paper does: one filled curve under another.
 *
 * @module
 */

import type { Specification } from "../document.ts";
import { colourScale } from "./colours.ts";
import { plot } from "./plot.ts";

/** A curve to draw. */
export interface NamedCurve {
  /** What it is. */
  readonly name: string;
  /** Normalised areas, in [0, 1], a slice each. */
  readonly curve: readonly number[];
}

/** One panel a curve, all over the same slices; curves without a colour of their own are grey. */
export function areaPlots(
  curves: readonly NamedCurve[],
  colours: ReadonlyMap<string, string>,
): Specification {
  const names = curves.map(({ name }) => name);
  const values = curves.flatMap(({ name, curve }) =>
    curve.map((area, slice) => ({ name, slice, area }))
  );
  return plot(values, {
    width: 480,
    height: 80,
    mark: { type: "area", line: true, opacity: 0.5 },
    encoding: {
      row: {
        field: "name",
        title: null,
        sort: names,
        header: { labelAngle: 0, labelAlign: "left", labelOrient: "top", labelAnchor: "start" },
      },
      x: {
        field: "slice",
        type: "quantitative",
        title: "slice",
        axis: { tickMinStep: 1 },
        scale: { nice: false },
      },
      y: {
        field: "area",
        type: "quantitative",
        title: "area",
        scale: { domain: [0, 1] },
        axis: { values: [0, 0.5, 1] },
      },
      color: { field: "name", type: "nominal", legend: null, scale: colourScale(names, colours) },
    },
  });
}
