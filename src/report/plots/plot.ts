/**
 * What all plots share.
 *
 * @module
 */

import type { Json, Specification } from "../document.ts";

/** A vertical axis with a row for each model, in the order of the points. */
export function modelRows(points: readonly { readonly model: string }[]): Specification {
  return {
    field: "model",
    type: "nominal",
    title: null,
    sort: [...new Set(points.map(({ model }) => model))],
    axis: { labelLimit: 260, domain: false },
  };
}

/** A Vega-Lite plot of some rows, black on white and in colours that most eyes tell apart. */
export function plot(rows: readonly Json[], rest: Specification): Specification {
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    // Okabe and Ito's colours
    config: {
      range: { category: ["#000000", "#E69F00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9"] },
    },
    data: { values: rows },
    ...rest,
  };
}
