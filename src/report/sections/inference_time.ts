/**
 * Table 3: inference times.
 *
 * @module
 */

import type { InferenceTiming, RunResult } from "../../results/mod.ts";
import { type Block, paragraph, table } from "../document.ts";
import { NOTHING, secondsText } from "../format.ts";
import { modelText, pairsOf } from "../models.ts";
import { PAPER } from "../../results/paper.ts";

/** Times of each model in each scope, the paper's, and where a ratio of times comes from. */
export function inferenceTimeSection(result: RunResult): Block[] {
  const { timing: { inference }, environment: { backend, cpu } } = result;
  const { cpu: withoutGpu, gpu } = PAPER.seconds;
  const on = `${backend.name} ${result.suite.precision}, ${backend.threads} threads of ` +
    (cpu.model ?? "an unknown processor");
  return [
    ...table(
      `Table 3: inference time here (${on})`,
      ["model", "batch", "scope", "slices", "median, s", "95 % interval, s", "runs"]
        .concat("slices/s", "GFLOP/s"),
      inference.map((one) => timingRow(result, one)),
    ),
    ...table(
      `Table 3: inference time in the paper, 709 slices of 512x512 (${PAPER.name})`,
      ["technique", "Tesla T4, s", "CPU, s"],
      [
        ["2D", String(gpu[2]), String(withoutGpu[2])],
        ["3D", String(gpu[3]), String(withoutGpu[3])],
        ["2D / 3D", (gpu[2] / gpu[3]).toFixed(1), (withoutGpu[2] / withoutGpu[3]).toFixed(1)],
      ],
    ),
    ...table(
      "How many times faster 3D is, slice by slice: the ratio of medians is the ratio of work " +
        "times the ratio of efficiency",
      ["models", "scope", "time 2D / 3D", "FLOP 2D / 3D", "FLOP/s 3D / 2D"],
      ratios(result),
    ),
    paragraph(
      "Intervals are Student's, of the medians of fresh processes; runs are processes x runs in each. " +
        "Scopes: network is the execution of the graph on a stack or batch, case is from stored " +
        "voxels to a mask, both in memory, end_to_end is from files to a mask file. Times are of " +
        "the wall clock, but where events of a GPU are named: those leave out copies between it " +
        "and the host. Padded taps are no work. The ratios are of medians of separate runs, not interleaved.",
    ),
  ];
}

function timingRow(result: RunResult, one: InferenceTiming): string[] {
  const batch = result.models.find(({ id }) => id === one.model)?.input[0];
  return [
    modelText(result, one.model),
    batch === undefined ? NOTHING : String(batch),
    one.clock === "device" ? `${one.scope} (events)` : one.scope,
    String(one.slices),
    secondsText(one.median),
    one.interval
      ? `${secondsText(one.interval.low)} to ${secondsText(one.interval.high)}`
      : NOTHING,
    `${one.processes.length} x ${one.processes[0].samples.length}`,
    one.slicesPerSecond.toFixed(1),
    one.gflopPerSecond.toFixed(1),
  ];
}

function ratios(result: RunResult): string[][] {
  const { inference } = result.timing;
  return pairsOf(result).flatMap(({ volumetric, planar }) =>
    inference.filter(({ model }) => model === volumetric.id).flatMap((ours) => {
      const other = inference.find(({ model, scope }) =>
        model === planar.id && scope === ours.scope
      );
      if (!other) return [];
      const time = ours.slicesPerSecond / other.slicesPerSecond;
      const efficiency = ours.gflopPerSecond / other.gflopPerSecond;
      const models = `${modelText(result, volumetric.id)}, ${modelText(result, planar.id)}`;
      const numbers = [time, time / efficiency, efficiency].map((ratio) => ratio.toFixed(2));
      return [[models, ours.scope, ...numbers]];
    })
  );
}
