/**
 * A profile in a few lines.
 *
 * @module
 */

import { alignColumns } from "../base/text_table.ts";
import type { ProfileRecord, RatesRecord } from "../results/mod.ts";

/** So many of the slowest steps are listed. */
const LISTED = 20;

/** Marks a share above 100 %. */
const ABOVE = "*";

/** What a profile found, for people; `--json` holds every step. */
export function profileTable({ peaks, steps, groups, total, ...run }: ProfileRecord): string {
  const { gflopPerSecond, gbPerSecond, tensorBytes } = peaks;
  const slowest = [...steps].sort((a, b) => b.seconds - a.seconds).slice(0, LISTED);
  const name = slowest.length < steps.length
    ? `slowest ${slowest.length} of ${steps.length} steps`
    : "step";
  const cells = (rates: RatesRecord) => [
    (1e3 * rates.seconds).toFixed(2),
    percent(total.seconds > 0 ? rates.seconds / total.seconds : null),
    number(rates.gflopPerSecond),
    number(rates.gbPerSecond),
    percent(rates.share) + ((rates.share ?? 0) > 1 ? ABOVE : ""),
  ];
  const columns = ["ms", "time", "GFLOP/s", "GB/s", "of roof"];
  const byOp = [
    ["op", "steps", ...columns],
    ...groups.map((group) => [group.op, String(group.steps), ...cells(group)]),
    ["all", String(steps.length), ...cells(total)],
  ];
  const byStep = [
    [name, ...columns, "roof", "op", "implementation"],
    ...slowest.map((step) => [
      step.name,
      ...cells(step),
      step.bound,
      [step.op, ...step.fused].join("+"),
      step.implementation,
    ]),
  ];
  const overhead = 1e3 * run.overheadSeconds;
  const lines = [
    `roofs, measured here: ${number(gflopPerSecond)} GFLOP/s in products of matrices, ` +
    `${number(gbPerSecond)} GB/s to and from memory (${(tensorBytes / 1e6).toFixed(0)} MB)`,
    "",
    alignColumns(byOp, [1, 2, 3, 4, 5, 6]),
    alignColumns(byStep, [1, 2, 3, 4, 5]),
    `sum of steps ${seconds(total.seconds)}, whole run ${seconds(run.runSeconds)}: ` +
    (overhead < 0
      ? `timing each step by itself costs ${(-overhead).toFixed(2)} ms`
      : `${overhead.toFixed(2)} ms for copies of inputs and outputs`) +
    ` (medians of ${run.calls})`,
  ];
  if ([total, ...groups, ...steps].some(({ share }) => (share ?? 0) > 1)) {
    lines.push(
      `${ABOVE} faster than its roof: it multiplies less than is counted (in tiles), its tensors ` +
        "were still in a cache, or other work slowed the measuring of the roofs",
    );
  }
  return `${lines.join("\n")}\n`;
}

function number(value: number | null): string {
  if (value === null) return "-";
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

function percent(share: number | null): string {
  return share === null ? "-" : `${(100 * share).toFixed(1)} %`;
}

function seconds(value: number): string {
  return `${value.toPrecision(3)} s`;
}
