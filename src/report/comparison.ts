/**
 * A comparison of results, told.
 *
 * @module
 */

import type {
  AccuracyRow,
  ComparedMean,
  Comparison,
  IntervalRecord,
  MaskRow,
  RatioRecord,
  TimingRow,
} from "../results/mod.ts";
import { METRICS } from "../metrics/mod.ts";
import { type Block, heading, list, paragraph, table } from "./document.ts";
import { differenceText, intervalText, NOTHING, pText, secondsText } from "./format.ts";
import { metricTextOf } from "./metrics.ts";
import { tame } from "./tame.ts";

/** Share of false finds that differences in accuracy are called by, all rows together. */
const LEVEL = 0.05;

/** Stands where a difference may be none. */
const MAYBE_NONE = "~";

/**
 * A comparison as blocks; its one table of outcomes comes last of the tables and is named
 * {@link OUTCOMES} at its start.
 */
export function comparisonBlocks(comparison: Comparison): Block[] {
  const tamed = tame(comparison);
  return [heading(1, `Comparison by ${tamed.by}`), ...comparisonBody(tamed)];
}

/** The same without its title. */
export function comparisonBody(comparison: Comparison): Block[] {
  const { sides, by, environment, forced, obstacles, unmatched, notes } = comparison;
  const [base, ...others] = sides;
  return [
    paragraph(
      `Base ${base.name}: ${base.value}. Compared with it: ` +
        others.map(({ name, value }) => `${name}: ${value}`).join("; ") + ".",
    ),
    ...(forced
      ? [paragraph(`FORCED: these may not be compared, for ${obstacles.join("; ")}.`)]
      : []),
    ...table(
      "environment-differences",
      "What differs in the environment",
      ["fact", ...(by === "model" ? environmentSides(comparison) : sides.map(({ name }) => name))],
      environment.map(({ what, values }) => [what, ...values]),
    ),
    ...outcomes(comparison),
    paragraph(
      "Differences in accuracy are of the same scans, compared minus base, with a BCa interval " +
        `over patients and Wilcoxon's signed-rank p, Holm-corrected over all rows; ${MAYBE_NONE} ` +
        `stands where that p is not below ${LEVEL}. Ratios of times are compared by base, slice ` +
        `by slice, with Welch's 95 % interval over processes; ${MAYBE_NONE} stands where it holds 1. ` +
        "Detectable is the smallest ratio that as many processes would find four times out of five.",
    ),
    ...list([...unmatched, ...notes]),
  ];
}

/**
 * What a comparison found, in a sentence each: differences in accuracy and in time that are more
 * than chance, or that there are none.
 */
export function outcomeTexts(
  { accuracy, timing, together, masks, sides }: Comparison,
): string[] {
  const of = (other: string) => sides.length > 2 ? `, ${other}` : "";
  const same = masks.length > 0 && masks.every(({ scans, same }) => scans === same);
  const clear = accuracy.filter((row) => ![MAYBE_NONE, NOTHING].includes(accuracyVerdict(row)));
  const told = [
    ...timing.map(({ model, ...row }) => ({ ...row, what: model })),
    ...together.map(({ rows, ...row }) => ({ ...row, what: `all ${rows} together` })),
  ].filter(({ ratio }) => ratio.includesOne === false);
  const accuracyText = same
    ? "the masks are the same, bit for bit"
    : clear.length === 0
    ? "no difference is more than chance"
    : clear.map((row) =>
      `${row.model}${of(row.other)} is ${accuracyVerdict(row)} in ${row.metric} ` +
      `(${differenceText(row.difference!)})`
    ).join("; ");
  const timeText = told.length === 0
    ? "no ratio can be told from 1"
    : told.map(({ what, other, scope, ratio }) =>
      `${what}${of(other)}, ${scope}: ${ratioText(ratio.ratio)} times that of the base ` +
      `(95 %: ${rangeText(ratio.interval!)})`
    ).join("; ");
  return [
    ...(accuracy.length > 0 || same ? [`Accuracy: ${accuracyText}.`] : []),
    ...(timing.length > 0 ? [`Time: ${timeText}.`] : []),
  ];
}

/** How the caption of the table of outcomes begins. */
export const OUTCOMES = "Accuracy and time";

/** Where models are compared, facts stand by result: there may be fewer than sides. */
function environmentSides({ environment }: Comparison): string[] {
  return (environment[0]?.values ?? []).map((_, i) => `result ${i + 1}`);
}

function outcomes(comparison: Comparison): Block[] {
  const { sides, accuracy, masks, timing, together, forced } = comparison;
  // one more column where there are several, and where it was forced
  const several = sides.length > 2;
  const rows = [
    ...masks.map((row) => [row.other, ...maskCells(row)]),
    ...accuracy.map((row) => [row.other, ...accuracyCells(row)]),
    ...timing.map((row) => [row.other, ...timingCells(row)]),
    ...together.map(({ other, scope, rows, ratio }) => [
      other,
      `all ${rows}, geometric mean`,
      `time, ${scope}`,
      NOTHING,
      NOTHING,
      ...ratioCells(ratio),
      NOTHING,
      String(rows),
      detectableText(ratio),
    ]),
  ].map(([side, ...cells]) => [
    ...(several ? [side] : []),
    ...cells,
    ...(forced ? ["no"] : []),
  ]);
  return table(
    "outcomes",
    forced ? `${OUTCOMES}, FORCED` : OUTCOMES,
    [
      ...(several ? ["compared"] : []),
      "model",
      "measure",
      "base",
      several ? "value" : sides[1].name,
      "verdict",
      "difference or ratio",
      "95 % interval",
      "p (Holm)",
      "n",
      "detectable",
      ...(forced ? ["comparable"] : []),
    ],
    rows,
  );
}

function maskCells({ model, scans, same }: MaskRow): string[] {
  const verdict = same === scans ? "same" : "differ";
  const cells = [String(scans), `${same} the same`, verdict, NOTHING, NOTHING, NOTHING];
  return [model, "masks", ...cells, String(scans), NOTHING];
}

function accuracyCells(row: AccuracyRow): string[] {
  return [
    row.model,
    metricTextOf(row.metric),
    meanText(row.base),
    meanText(row.compared),
    accuracyVerdict(row),
    row.difference === null ? NOTHING : differenceText(row.difference),
    row.interval ? intervalText(row.interval) : NOTHING,
    pText(row.pHolm),
    String(row.n),
    NOTHING,
  ];
}

function accuracyVerdict({ metric, difference, pHolm }: AccuracyRow): string {
  if (pHolm === null || difference === null) return NOTHING;
  if (pHolm >= LEVEL || difference === 0) return MAYBE_NONE;
  const better = METRICS.find(({ name }) => name === metric)?.better ?? "none";
  if (better === "none") return difference > 0 ? "larger" : "smaller";
  // of a signed error the sizes were compared
  return (difference > 0) === (better === "higher") ? "better" : "worse";
}

function timingCells({ model, scope, base, compared, ratio }: TimingRow): string[] {
  return [
    model,
    `time, ${scope}`,
    `${secondsText(base.seconds)} s`,
    `${secondsText(compared.seconds)} s`,
    ...ratioCells(ratio),
    NOTHING,
    base.processes === compared.processes
      ? String(base.processes)
      : `${base.processes}, ${compared.processes}`,
    detectableText(ratio),
  ];
}

/** Verdict, ratio and interval. */
function ratioCells({ ratio, interval, includesOne }: RatioRecord): string[] {
  return [
    includesOne === null ? NOTHING : includesOne ? MAYBE_NONE : ratio < 1 ? "faster" : "slower",
    ratioText(ratio),
    interval ? rangeText(interval) : NOTHING,
  ];
}

function detectableText({ detectable }: RatioRecord): string {
  return detectable === null ? NOTHING : ratioText(detectable);
}

function rangeText({ low, high }: IntervalRecord): string {
  return `${ratioText(low)} to ${ratioText(high)}`;
}

/** A factor with three digits after the point, or three that count where it is large. */
function ratioText(ratio: number): string {
  return ratio < 100 ? ratio.toFixed(3) : ratio.toPrecision(3);
}

function meanText({ mean, missed, undefined: without }: ComparedMean): string {
  const counts = [
    ...(missed > 0 ? [`${missed} missed`] : []),
    ...(without > 0 ? [`${without} undefined`] : []),
  ];
  const text = mean === null ? "undefined" : mean.toFixed(3);
  return counts.length > 0 ? `${text} (${counts.join(", ")})` : text;
}
