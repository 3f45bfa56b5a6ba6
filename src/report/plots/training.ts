/**
 * The course of a training over its steps.
 *
 * @module
 */

import type { Specification } from "../document.ts";
import { QUIET_COLOUR } from "./colours.ts";
import { plot } from "./plot.ts";

/** Points up to which each is drawn; of more only the line is. */
const FEW = 300;

/** A value after some steps. */
export interface StepValue {
  /** Steps taken. */
  readonly step: number;
  /** The value. */
  readonly value: number;
}

/** A line of values, and a quieter one behind it where there is one. */
export function stepLine(
  title: string,
  values: readonly StepValue[],
  behind: { readonly title: string; readonly values: readonly StepValue[] } | null = null,
): Specification {
  const rows = [
    ...behind?.values.map((one) => ({ series: behind.title, ...one })) ?? [],
    ...values.map((one) => ({ series: title, ...one })),
  ];
  const names = behind ? [behind.title, title] : [title];
  return plot(rows, {
    width: 480,
    height: 200,
    mark: { type: "line", point: rows.length <= FEW && { size: 16 } },
    encoding: {
      x: { field: "step", type: "quantitative", title: "steps", axis: { tickMinStep: 1 } },
      y: { field: "value", type: "quantitative", title: behind ? null : title },
      color: {
        field: "series",
        type: "nominal",
        title: null,
        sort: names,
        legend: behind ? { orient: "top" } : null,
        scale: { domain: names, range: behind ? [QUIET_COLOUR, "#0072B2"] : ["#0072B2"] },
      },
    },
  });
}
