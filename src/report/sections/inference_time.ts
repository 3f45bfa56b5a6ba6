/**
 * Table 3: inference times.
 *
 * @module
 */

import { type InferenceTiming, processorText, type RunResult } from "../../results/mod.ts";
import { geometricInterval, type Interval } from "../../statistics/mod.ts";
import { type Block, type Cell, figure, fold, note, paragraph, table } from "../document.ts";
import {
  amount,
  amountOr,
  interval,
  NOTHING,
  secondsIntervalText,
  secondsText,
} from "../format.ts";
import { modelText, ownModels, pairsOf } from "../models.ts";
import { PAPER } from "../../results/paper.ts";
import { modelColours } from "../plots/colours.ts";
import { phaseBars, type PhasePoint, timePoints } from "../plots/times.ts";
import { warningText } from "./environment.ts";

/** Times of each model in each scope, the paper's, and where a ratio of times comes from. */
export function inferenceTimeSection(result: RunResult): Block[] {
  const { timing: { inference }, environment: { backend, cpu } } = result;
  const { cpu: withoutGpu, gpu } = PAPER.seconds;
  const on = `${backend.name} ${result.suite.precision}, ${backend.threads} threads of ` +
    processorText(cpu);
  const columns = ["model", "batch", "scope", "slices", "median, s", "95 % interval, s"]
    .concat("processes", "runs in each", "slices/s", "GFLOP/s", "peak memory, MiB");
  return [
    ...note("warning", result.timing.warnings.map(warningText)),
    ...table(
      "times",
      `Table 3: inference time here (${on})`,
      columns,
      inference.map((one) => timingRow(result, one)),
    ),
    ...(inference.length > 0
      ? [figure(
        "times",
        "Every timed run; the stroke is the median, the bar its 95 % interval",
        timePoints(
          inference.map((timing) => ({ model: modelText(result, timing.model), timing })),
          modelColours(result),
        ),
      )]
      : []),
    ...table(
      "times-of-the-paper",
      `Table 3: inference time in the paper, 709 slices of 512x512 (${PAPER.name})`,
      ["technique", "Tesla T4, s", "CPU, s"],
      [
        ["2D", amount(gpu[2]), amount(withoutGpu[2])],
        ["3D", amount(gpu[3]), amount(withoutGpu[3])],
        ["2D / 3D", ratio(gpu[2] / gpu[3], 1), ratio(withoutGpu[2] / withoutGpu[3], 1)],
      ],
    ),
    ...table(
      "times-compared",
      "How many times faster 3D is, slice by slice: the ratio of times is the ratio of work times " +
        "the ratio of efficiency",
      ["models", "scope", "time 2D / 3D", "95 % interval", "FLOP 2D / 3D", "FLOP/s 3D / 2D"],
      ratios(result),
    ),
    paragraph(
      "Scopes: network is the execution of the graph on a stack or batch, case is from stored " +
        "voxels to a mask, both in memory, end_to_end is from files to a mask file. Times are of " +
        "the wall clock, but where events of a GPU are named: those leave out copies between it " +
        "and the host. Padded taps are no work. Models took turns, every round in another order.",
    ),
    ...phaseBlocks(result),
    ...fold("Every timed run", samplesTable(result)),
  ];
}

function timingRow(result: RunResult, one: InferenceTiming): Cell[] {
  const batch = result.models.find(({ id }) => id === one.model)?.input[0];
  return [
    modelText(result, one.model),
    batch === undefined ? NOTHING : amount(batch),
    one.clock === "device" ? `${one.scope} (events)` : one.scope,
    amount(one.slices),
    amount(one.median, secondsText(one.median)),
    interval(one.interval, one.intervalReason, secondsIntervalText),
    amount(one.processes.length),
    amount(one.processes[0].samples.length),
    amount(one.slicesPerSecond, one.slicesPerSecond.toFixed(1)),
    amount(one.gflopPerSecond, one.gflopPerSecond.toFixed(1)),
    amountOr(one.peakRss, (bytes) => (bytes / 2 ** 20).toFixed(0)),
  ];
}

/** How many times faster one model is than another, slice by slice. */
export interface Speedup {
  /** Its scope. */
  readonly scope: InferenceTiming["scope"];
  /** Time of the other model over its own. */
  readonly time: number;
  /** Interval of that, of the ratios in each round; null for fewer than three. */
  readonly interval: Interval | null;
  /** Its operations a second over the other's. */
  readonly efficiency: number;
}

/** How many times faster `ours` is than `other`, in every scope that both were timed in. */
export function speedups(
  { timing: { inference } }: RunResult,
  ours: string,
  other: string,
): Speedup[] {
  return inference.filter(({ model }) => model === ours).flatMap((mine) => {
    const theirs = inference.find(({ model, scope }) => model === other && scope === mine.scope);
    if (!theirs) return [];
    // a slice of each: they may have been timed on other numbers of slices
    const slices = mine.slices / theirs.slices;
    const rounds = theirs.processes.length === mine.processes.length
      ? theirs.processes.map(({ median }, i) => slices * median / mine.processes[i].median)
      : [];
    const sound = rounds.every((one) => one > 0 && Number.isFinite(one));
    return [{
      scope: mine.scope,
      time: mine.slicesPerSecond / theirs.slicesPerSecond,
      interval: sound ? geometricInterval(rounds) : null,
      efficiency: mine.gflopPerSecond / theirs.gflopPerSecond,
    }];
  });
}

function ratios(result: RunResult): Cell[][] {
  return pairsOf(result).flatMap(({ volumetric, planar }) =>
    speedups(result, volumetric.id, planar.id).map((one) => [
      `${modelText(result, volumetric.id)}, ${modelText(result, planar.id)}`,
      one.scope,
      ratio(one.time, 2),
      interval(
        one.interval,
        "too few processes",
        ({ low, high }) => `${low.toFixed(2)} to ${high.toFixed(2)}`,
      ),
      ratio(one.time / one.efficiency, 2),
      ratio(one.efficiency, 2),
    ])
  );
}

function ratio(value: number, digits: number): Cell {
  return Number.isFinite(value) ? amount(value, value.toFixed(digits)) : NOTHING;
}

/** Where the time of the one pass over every scan went. */
function phaseBlocks(result: RunResult): Block[] {
  const points = ownModels(result).flatMap(({ id }) => phasesOf(result, id));
  const phases = [...new Set(points.map(({ phase }) => phase))];
  const models = [...new Set(points.map(({ model }) => model))];
  const rows = models.map((model): Cell[] => [
    model,
    ...phases.map((phase) => {
      const point = points.find((one) => one.model === model && one.phase === phase);
      return point ? amount(point.milliseconds, point.milliseconds.toPrecision(3)) : NOTHING;
    }),
  ]);
  const caption = "Where the time goes: milliseconds of a slice, over the one pass over all scans";
  if (points.length === 0) return [];
  return [
    figure("phases", caption, phaseBars(points)),
    ...table("phases", caption, ["model", ...phases], rows),
  ];
}

function phasesOf({ timing, dataset, ...result }: RunResult, id: string): PhasePoint[] {
  const passes = timing.cases.filter(({ model }) => model === id);
  const slices = passes.reduce((sum, pass) => {
    const scan = dataset.cases.find(({ index }) => index === pass.case);
    return sum + (scan?.shape[0] ?? 0);
  }, 0);
  if (slices === 0) return [];
  const phases = [...new Set(passes.flatMap((pass) => Object.keys(pass.phases)))];
  return phases.map((phase) => ({
    model: modelText({ timing, dataset, ...result }, id),
    phase,
    milliseconds: 1e3 * passes.reduce((sum, pass) => sum + (pass.phases[phase] ?? 0), 0) / slices,
  }));
}

function samplesTable(result: RunResult): Block[] {
  const rows = result.timing.inference.flatMap((one) =>
    one.processes.flatMap(({ samples, median }, process) =>
      samples.map(({ seconds }, run): Cell[] => [
        modelText(result, one.model),
        one.scope,
        amount(process + 1),
        amount(run + 1),
        amount(seconds, secondsText(seconds)),
        amount(median, secondsText(median)),
      ])
    )
  );
  const columns = ["model", "scope", "process", "run", "seconds", "median of the process"];
  return table("every-run", "Every timed run", columns, rows);
}
