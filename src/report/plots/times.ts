/**
 * Times: every run as a point, and where the time of a scan goes.
 *
 * @module
 */

import type { InferenceTiming } from "../../results/mod.ts";
import type { Specification } from "../document.ts";
import { colourScale } from "./colours.ts";
import { modelRows, plot } from "./plot.ts";

/** Times of a model in a scope, under the names that readers meet. */
export interface NamedTiming {
  /** The model. */
  readonly model: string;
  /** Its times. */
  readonly timing: InferenceTiming;
}

/** Every timed run as a point; a stroke at the median, a bar over its interval. */
export function timePoints(
  timings: readonly NamedTiming[],
  colours: ReadonlyMap<string, string>,
): Specification {
  const names = [...new Set(timings.map(({ model }) => model))];
  const rowOf = ({ model, timing }: NamedTiming) => `${model}, ${timing.scope}`;
  const values = timings.flatMap((one) =>
    one.timing.processes.flatMap(({ samples }, process) =>
      samples.map(({ seconds }, run) => ({
        row: rowOf(one),
        model: one.model,
        scope: one.timing.scope,
        process: process + 1,
        run: run + 1,
        seconds,
      }))
    )
  ).filter(({ seconds }) => seconds > 0);
  const medians = timings.map((one) => ({
    row: rowOf(one),
    model: one.model,
    median: one.timing.median,
    low: one.timing.interval?.low ?? one.timing.median,
    high: one.timing.interval?.high ?? one.timing.median,
  }));
  const y = {
    field: "row",
    type: "nominal",
    title: null,
    sort: timings.map(rowOf),
    axis: { labelLimit: 260, grid: true, domain: false },
  };
  const x = (field: string) => ({
    field,
    type: "quantitative",
    title: "seconds (logarithmic)",
    scale: { type: "log", nice: false, padding: 12 },
    axis: { format: "~g", tickCount: 6 },
  });
  const color = {
    field: "model",
    type: "nominal",
    legend: null,
    scale: colourScale(names, colours),
  };
  return plot(values, {
    width: 420,
    height: { step: 26 },
    encoding: { y },
    layer: [
      {
        data: { values: medians },
        mark: { type: "bar", opacity: 0.25, height: 16 },
        encoding: { x: x("low"), x2: { field: "high" }, color },
      },
      {
        mark: { type: "point", filled: true, size: 22, opacity: 0.6 },
        encoding: {
          x: x("seconds"),
          color,
          tooltip: [{ field: "process" }, { field: "run" }],
        },
      },
      {
        data: { values: medians },
        mark: { type: "tick", thickness: 2, size: 18 },
        encoding: { x: x("median"), color },
      },
    ],
  });
}

/** Time of a phase in one slice. */
export interface PhasePoint {
  /** The model. */
  readonly model: string;
  /** The phase. */
  readonly phase: string;
  /** Milliseconds of a slice. */
  readonly milliseconds: number;
}

/** Colours of the phases, in the order in which a scan goes through them. */
const PHASES = {
  read: "#5E4FA2",
  decode: "#56B4E9",
  window: "#009E73",
  resize: "#F0E442",
  upload: "#CC79A7",
  execute: "#0072B2",
  download: "#CC79A7",
  stitch: "#E69F00",
  write: "#D55E00",
} as const;

/** A bar for each model, put together of its phases. */
export function phaseBars(points: readonly PhasePoint[]): Specification {
  const known = Object.keys(PHASES);
  const place = (phase: string) => known.includes(phase) ? known.indexOf(phase) : known.length;
  const phases = [...new Set(points.map(({ phase }) => phase))]
    .sort((a, b) => place(a) - place(b));
  return plot(points.map((point) => ({ ...point, order: place(point.phase) })), {
    width: 420,
    height: { step: 34 },
    mark: { type: "bar" },
    encoding: {
      y: modelRows(points),
      x: { field: "milliseconds", type: "quantitative", title: "milliseconds of a slice" },
      color: {
        field: "phase",
        type: "nominal",
        title: null,
        scale: colourScale(phases, new Map(Object.entries(PHASES))),
        legend: { orient: "top", columns: 5 },
      },
      order: { field: "order", type: "quantitative" },
    },
  });
}
