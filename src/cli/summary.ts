/**
 * The results of a run in a few lines.
 *
 * @module
 */

import { alignColumns } from "../base/text_table.ts";
import { DICE } from "../metrics/overlap.ts";
import type { ExperimentsRecord, MeanRecord, MeasuredValue, RunResult } from "../results/mod.ts";
import { processorText } from "../results/processor.ts";

/** What a run found, for people; `result.json` holds it all. */
export function summaryOf(result: RunResult): string {
  const { environment: { backend, cpu }, dataset, suite } = result;
  const heading = [
    `suite ${suite.name}: ${dataset.cases.length} scans` +
    `${
      dataset.skipped ? ` (${dataset.skipped} left out, faulty)` : ""
    }, ${backend.name} ${suite.precision}, ` +
    `${backend.threads} threads of ${processorText(cpu)}`,
  ];
  const warnings = [...result.warnings, ...result.timing.warnings]
    .map(({ message, advice }) => `warning: ${message}\n  ${advice}`);
  return [
    ...heading,
    "",
    timingTable(result),
    experimentTable(result.experiments),
    ...notesOf(result),
    ...warnings,
  ].join("\n");
}

/** What was repaired or left out of scans, each with the number of scans; warnings stand apart. */
function notesOf({ dataset: { cases } }: RunResult): string[] {
  const counts = new Map<string, number>();
  for (const { notes } of cases) {
    for (const { kind, message } of notes) {
      if (kind !== "repaired" && kind !== "ignored") continue;
      const text = `${kind}: ${message}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return [...counts].map(([text, count]) => `${text} (${count} of ${cases.length} scans)`);
}

function timingTable({ models, timing }: RunResult): string {
  const rows = timing.inference.map(({ model, scope, slices, processes, median, ...rates }) => [
    model,
    scope,
    String(slices),
    seconds(median),
    rates.interval ? `${seconds(rates.interval.low)} to ${seconds(rates.interval.high)}` : "-",
    runsText(processes),
    rates.slicesPerSecond.toFixed(1),
    rates.gflopPerSecond.toFixed(0),
  ]);
  if (rows.length === 0) return `${models.length} models, not timed\n`;
  const heading = ["model", "scope", "slices", "median", "95 % interval", "runs", "slices/s"];
  return alignColumns([[...heading, "GFLOP/s"], ...rows], [2, 3, 5, 6, 7]);
}

function experimentTable(experiments: ExperimentsRecord): string {
  const outcomes = new Map<string, string[]>();
  for (const [name, experiment] of Object.entries(experiments)) {
    const outcome = experiment.status === "refused" ? `refused: ${experiment.reason}` : "done";
    outcomes.set(outcome, [...outcomes.get(outcome) ?? [], name]);
  }
  const rows = [...outcomes].map(([outcome, names]) => [names.join(", "), outcome]);
  const dice = experiments.dice?.status === "done" ? experiments.dice.models : [];
  const scores = dice.map(({ model, mean, pooled }) => [
    `${DICE.name} ${model}`,
    `mean over scans ${interval(mean)}, pooled ${number(pooled)}`,
  ]);
  return [rows, scores].filter((block) => block.length > 0).map((block) => alignColumns(block))
    .join("\n");
}

function number({ value, reason }: MeasuredValue): string {
  return value === null ? `undefined (${reason})` : value.toFixed(3);
}

/** A mean with its interval, where there is one. */
function interval(mean: MeanRecord): string {
  if (!mean.interval) return number(mean);
  const { low, high } = mean.interval;
  return `${number(mean)} (95 %: ${low.toFixed(3)} to ${high.toFixed(3)})`;
}

/** Timed runs: processes, and runs in each. */
function runsText(processes: readonly { readonly samples: readonly unknown[] }[]): string {
  return `${processes.length} x ${processes[0].samples.length}`;
}

function seconds(value: number): string {
  return `${value.toPrecision(3)} s`;
}
