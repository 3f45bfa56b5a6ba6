/**
 * What a result says, in a few sentences: which of 3D and 2D did better and by how much, where each
 * failed worst, how long a scan takes, and what none of it can say.
 *
 * @module
 */

import { AREA_OVERLAP } from "../../metrics/area_plot.ts";
import { CONTINUITY } from "../../metrics/continuity_metrics.ts";
import { DICE } from "../../metrics/overlap.ts";
import {
  type ComparisonRecord,
  type DiceExperiment,
  type InferenceTiming,
  type MeanRecord,
  type PairRecord,
  processorText,
  type RunResult,
} from "../../results/mod.ts";
import { type Block, type Cell, note, paragraph, table } from "../document.ts";
import {
  amount,
  countText,
  differenceText,
  interval,
  intervalText,
  meanInterval,
  measure,
  NOTHING,
  pText,
  secondsIntervalText,
  secondsText,
} from "../format.ts";
import { filledWithZeros, modelText, ownModels, runsText, scanText } from "../models.ts";
import { isPhantom } from "../phantom.ts";
import { speedups } from "./inference_time.ts";

/** Below so many patients an interval is too narrow. */
const FEW_PATIENTS = 20;
/** A p, corrected for all measures, that is taken for more than chance. */
const LEVEL = 0.05;

/** What was run on what, the answer, and a line of numbers for each model. */
export function answerSection(result: RunResult): Block[] {
  return [
    paragraph(subjectText(result)),
    ...note("answer", [
      ...accuracyItems(result),
      ...continuityItems(result),
      ...timeItems(result),
      ...worstItems(result),
      ...limits(result),
    ]),
    ...glanceTable(result),
  ];
}

/** What was run, on what. */
function subjectText(result: RunResult): string {
  const { dataset, environment: { backend, cpu }, suite } = result;
  const slices = dataset.cases.reduce((sum, { shape }) => sum + shape[0], 0);
  const patients = new Set(dataset.cases.map(({ patient }) => patient)).size;
  const models = ownModels(result).map(({ id }) => modelText(result, id));
  const device = backend.gpu?.name ?? processorText(cpu);
  return `${models.join(", ")} over ${countText(dataset.cases.length, "scan")} ` +
    `(${countText(slices, "slice")}, ${countText(patients, "patient")}) of ` +
    `${dataset.name ?? "data without a public name"}, with ${backend.name} ${suite.precision} on ` +
    `${device}, ${countText(backend.threads, "thread")}.`;
}

/** Dice, where it was measured; else why not. */
export function diceOf({ experiments: { dice } }: RunResult): DiceExperiment | null {
  return dice?.status === "done" ? dice : null;
}

function accuracyItems(result: RunResult): string[] {
  const { experiments: { dice }, statistics } = result;
  if (dice === undefined) return [];
  if (dice.status === "refused") return [`Accuracy was not measured: ${dice.reason}.`];
  if (statistics?.status !== "done") {
    const why = statistics?.status === "refused" ? ` (${statistics.reason})` : "";
    return [
      `Accuracy: mean Dice ${dice.models.map((one) => meanText(result, one)).join(", ")}. ` +
      `3D is not compared with 2D${why}.`,
    ];
  }
  return statistics.pairs.flatMap((pair) => {
    const found = comparisonOf(pair, DICE.name);
    if (!found || found.difference === null) return [];
    const means = [pair.planar, pair.volumetric].map((ids) => {
      const models = dice.models.filter(({ model }) => ids.includes(model));
      return models.map((one) => meanText(result, one)).join(", ");
    });
    return [
      `Accuracy: ${verdict(result, pair, found, "higher")} Mean Dice ${means.join(" against ")}; ` +
      `3D less 2D, scan by scan over ${countText(found.n, "scan")} of ` +
      `${countText(found.patients, "patient")}: ${betweenText(found)}.`,
    ];
  });
}

function meanText(
  result: RunResult,
  { model, mean }: { readonly model: string; readonly mean: MeanRecord },
): string {
  const value = mean.value === null ? "undefined" : mean.value.toFixed(3);
  const within = mean.interval ? ` (95 %: ${intervalText(mean.interval)})` : "";
  return `${value}${within} of ${modelText(result, model)}`;
}

function comparisonOf({ comparisons }: PairRecord, measure: string): ComparisonRecord | undefined {
  return comparisons.find((one) => one.measure === measure);
}

function betweenText({ difference, interval, p, pHolm }: ComparisonRecord): string {
  const within = interval ? ` (95 %: ${intervalText(interval)})` : "";
  const chance = p === null ? "" : p < 0.001 ? ", p < 0.001" : `, p = ${pText(p)}`;
  const corrected = pHolm === null || pHolm === p
    ? ""
    : `, Holm-corrected over all measures ${pText(pHolm)}`;
  return `${differenceText(difference!)}${within}${chance}${corrected}`;
}

/** Which of a pair did better in a measure, or that it cannot be told: a sentence. */
function verdict(
  result: RunResult,
  { volumetric, planar }: PairRecord,
  { difference, interval, pHolm }: ComparisonRecord,
  better: "higher" | "lower",
): string {
  if (!interval || difference === null || (interval.low <= 0 && interval.high >= 0)) {
    return "which of 3D and 2D is better cannot be told from these scans.";
  }
  const first = (difference > 0) === (better === "higher");
  const winner = runsText(result, first ? volumetric : planar);
  return pHolm !== null && pHolm < LEVEL
    ? `${winner} was better on these scans.`
    : `${winner} did better on these scans, but the corrected signed-rank test does not call it ` +
      "more than chance.";
}

function continuityItems(result: RunResult): string[] {
  const { statistics } = result;
  if (statistics?.status !== "done") return [];
  return statistics.pairs.flatMap((pair) => {
    const found = comparisonOf(pair, `size of ${CONTINUITY.roughness.excess.name}`);
    if (!found || found.difference === null) return [];
    return [
      `Continuity: ${verdict(result, pair, found, "lower")} How far the roughness of area-plots ` +
      `from slice to slice is from the truth's, 3D less 2D over ${countText(found.n, "scan")}: ` +
      `${betweenText(found)}.`,
    ];
  });
}

/** Seconds of a whole scan: files to mask where that was timed. */
function scanTiming(result: RunResult, model: string): InferenceTiming | undefined {
  const own = result.timing.inference.filter((one) => one.model === model);
  return own.find(({ scope }) => scope === "case") ?? own.find(({ scope }) => scope !== "network");
}

function timeItems(result: RunResult): string[] {
  const timed = ownModels(result).flatMap(({ id, dimensions }) => {
    const timing = scanTiming(result, id);
    return timing ? [{ id, dimensions, timing }] : [];
  });
  if (timed.length === 0) return [];
  const times = timed.map(({ id, timing }) => {
    const within = timing.interval ? ` (95 %: ${secondsIntervalText(timing.interval)})` : "";
    return `${secondsText(timing.median)} s${within} with ${modelText(result, id)}`;
  });
  const [{ timing: { slices, scope } }] = timed;
  const solid = timed.find(({ dimensions }) => dimensions === 3);
  const flat = timed.find(({ dimensions }) => dimensions === 2);
  const ratio = solid && flat && speedups(result, solid.id, flat.id)
    .find(({ scope }) => scope === solid.timing.scope);
  const said = ratio
    ? ratioText(ratio.time, ratio.interval, modelText(result, solid.id), modelText(result, flat.id))
    : "";
  return [
    `Time: ${said}a scan of ${countText(slices, "slice")} takes ${times.join(", ")}, ` +
    (scope === "case" ? "from voxels to mask in memory." : "from files to a mask file."),
  ];
}

/** Which of two models is faster, or that it cannot be told: a sentence, and the start of one. */
function ratioText(
  time: number,
  interval: { readonly low: number; readonly high: number } | null,
  solid: string,
  flat: string,
): string {
  const within = interval
    ? ` (95 %: ${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})`
    : "";
  const factor = `${time.toFixed(2)}${within} times as fast as ${flat}, slice by slice`;
  const untold = interval && interval.low <= 1 && interval.high >= 1;
  return untold
    ? `which of 3D and 2D is faster cannot be told: ${solid} is ${factor}; `
    : `${solid} is ${factor}; `;
}

/** The scan on which a model did worst. */
export function worstOf({ scans }: DiceExperiment["models"][number]) {
  return scans.reduce<{ readonly case: number; readonly value: number } | null>(
    (worst, { case: index, value }) =>
      value !== null && (worst === null || value < worst.value) ? { case: index, value } : worst,
    null,
  );
}

function worstItems(result: RunResult): string[] {
  const dice = diceOf(result);
  if (!dice) return [];
  const said = dice.models.flatMap((one) => {
    const worst = worstOf(one);
    return worst
      ? [
        `${modelText(result, one.model)} on ${scanText(result, worst.case)} ` +
        `(Dice ${worst.value.toFixed(3)})`,
      ]
      : [];
  });
  return said.length > 0 ? [`Worst: ${said.join(", ")}.`] : [];
}

/** What the answer does not say. */
function limits(result: RunResult): string[] {
  const { dataset, statistics, models } = result;
  const dice = diceOf(result);
  const scored = new Set(dice?.models.flatMap(({ scans }) => scans.map((scan) => scan.case)) ?? []);
  const cases = dataset.cases.filter(({ index }) => scored.has(index));
  const patients = new Set(cases.map(({ patient }) => patient)).size;
  const pairs = statistics?.status === "done" ? statistics.pairs : [];
  const single = pairs.some(({ volumetric, planar }) => volumetric.length < 3 || planar.length < 3);
  const said = [
    ...(dice && patients < FEW_PATIENTS
      ? [`intervals of ${countText(patients, "patient")} are too narrow`]
      : []),
    ...(single
      ? ["with fewer than three trainings of each, the architecture cannot be told from the seed"]
      : []),
    ...(dice?.models ?? []).flatMap(({ model, scans }) => {
      const filled = filledWithZeros(result, model, new Set(scans.map((scan) => scan.case)));
      if (!filled) return [];
      const saw = `${modelText(result, model)} saw ${countText(filled.scans, "scan")}`;
      return [`${saw} as stacks with zeros behind them, which can cost it accuracy`];
    }),
    ...(isPhantom(result) ? ["a phantom says nothing of patients"] : []),
    ...(cases.some(({ split }) => split !== "test")
      ? ["some scans were trained or chosen on"]
      : []),
    ...(models.some(({ weights }) => weights.source === "seeded-random")
      ? ["masks of random weights mean nothing"]
      : []),
  ];
  return said.length > 0 ? [`What this cannot say: ${said.join("; ")}.`] : [];
}

/** One line of numbers for each model. */
function glanceTable(result: RunResult): Block[] {
  const { area_plot } = result.experiments;
  const dice = diceOf(result);
  const rows = ownModels(result).map(({ id }): Cell[] => {
    const scores = dice?.models.find(({ model }) => model === id);
    const worst = scores && worstOf(scores);
    const means = area_plot?.status === "done"
      ? area_plot.models.find(({ model }) => model === id)?.means
      : undefined;
    const mean = (name: string) => means?.[name] ? measure(means[name]) : NOTHING;
    const timing = scanTiming(result, id);
    return [
      modelText(result, id),
      scores ? measure(scores.mean) : NOTHING,
      scores ? meanInterval(scores.mean) : NOTHING,
      worst
        ? {
          ...amount(worst.value, `${worst.value.toFixed(3)} (${scanText(result, worst.case)})`),
          sight: { case: worst.case },
        }
        : NOTHING,
      mean(AREA_OVERLAP.name),
      mean(CONTINUITY.roughness.excess.name),
      timing ? amount(timing.median, secondsText(timing.median)) : NOTHING,
      timing ? interval(timing.interval, timing.intervalReason, secondsIntervalText) : NOTHING,
    ];
  });
  const columns = ["model", "Dice", "95 %", "worst scan", "area overlap", "roughness in excess"]
    .concat("s for a scan", "95 %, s");
  return table("at-a-glance", "At a glance", columns, rows);
}
