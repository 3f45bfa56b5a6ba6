/**
 * Table 2: Dice, and 3D against 2D.
 *
 * @module
 */

import type { DiceExperiment, PairRecord, RunResult } from "../../results/mod.ts";
import { type Block, paragraph, table } from "../document.ts";
import {
  differenceText,
  intervalText,
  meanIntervalText,
  measureText,
  NOTHING,
  pText,
} from "../format.ts";
import { measureTextOf } from "../metrics.ts";
import { modelOf, modelText } from "../models.ts";
import { PAPER } from "../../results/paper.ts";

type Models = DiceExperiment["models"];

/** Dice of each model beside the paper's, then every measure of 3D against 2D. */
export function diceSection(
  result: RunResult,
  { models, huThreshold }: DiceExperiment,
): Block[] {
  const rows = models.map(({ model, mean, pooled, undefinedScans, scans }) => {
    const dimensions = modelOf(result, model)?.dimensions;
    return [
      modelText(result, model),
      measureText(mean),
      meanIntervalText(mean),
      measureText(pooled),
      String(scans.length - undefinedScans),
      dimensions ? PAPER.dice[dimensions].toFixed(2) : NOTHING,
    ];
  });
  const columns = ["model", "Dice, mean over scans", "95 % interval", "pooled over voxels"]
    .concat("scans", "paper, mean over 32 scans");
  return [
    ...table("Table 2: Dice", columns, rows),
    ...trainingsTable(result, models),
    ...thresholdRemark(huThreshold),
    ...splitRemark(result, models),
    ...statisticsBlocks(result),
  ];
}

function statisticsBlocks(result: RunResult): Block[] {
  const { statistics } = result;
  if (statistics === undefined) return [];
  return statistics.status === "refused"
    ? [paragraph(`3D was not compared with 2D: ${statistics.reason}.`)]
    : statistics.pairs.flatMap((pair) => pairTable(result, pair));
}

/** How far the trainings of one architecture lie apart, where there are several. */
function trainingsTable(result: RunResult, models: Models): Block[] {
  const { statistics } = result;
  const pairs = statistics?.status === "done" ? statistics.pairs : [];
  const sides = new Map(
    pairs.flatMap(({ volumetric, planar }) => [volumetric, planar])
      .map((runs) => [runs[0], runs]),
  );
  const rows = [...sides.values()].filter((runs) => runs.length > 1).flatMap((runs) => {
    const values = models.filter(({ model }) => runs.includes(model))
      .flatMap(({ mean }) => (mean.value === null ? [] : [mean.value]));
    if (values.length === 0) return [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const numbers = [mean, Math.min(...values), Math.max(...values)];
    return [[
      modelText(result, runs[0]),
      String(values.length),
      ...numbers.map((value) => value.toFixed(3)),
    ]];
  });
  const columns = ["architecture", "trainings", "mean", "lowest", "highest"];
  return table("Mean Dice over several trainings (seeds) of one architecture", columns, rows);
}

/** How far grey values alone go. */
function thresholdRemark(huThreshold: DiceExperiment["huThreshold"]): Block[] {
  if (!huThreshold) return [];
  const { mean, scans } = huThreshold;
  return [
    paragraph(
      `For comparison: the best threshold of HU inside the lungs scores a Dice of ` +
        `${measureText(mean)} (95 % interval ${meanIntervalText(mean)}, ${scans.length} scans). ` +
        "It is chosen for each scan with the truth in hand and so an upper bound.",
    ),
  ];
}

/** Scans that a model may have learnt from say little of how it does on others. */
function splitRemark({ dataset }: RunResult, models: Models): Block[] {
  const scored = new Set(models.flatMap(({ scans }) => scans.map((scan) => scan.case)));
  const others = dataset.cases.filter(({ index, split }) => scored.has(index) && split !== "test");
  if (others.length === 0) return [];
  return [
    paragraph(
      `Of the ${scored.size} scored scans, ${others.length} are not of the test split: ` +
        "a model that was trained or chosen on them looks better here than it is.",
    ),
  ];
}

function pairTable(
  result: RunResult,
  { volumetric, planar, comparisons }: PairRecord,
): Block[] {
  const rows = comparisons.map((one) => [
    measureTextOf(one.measure),
    one.difference === null ? NOTHING : differenceText(one.difference),
    one.interval ? intervalText(one.interval) : `none: ${one.reason}`,
    pText(one.p),
    pText(one.pHolm),
    String(one.n),
    String(one.patients),
  ]);
  const columns = ["measure", "difference", "95 % interval", "p", "p, Holm", "scans", "patients"];
  const caption = `${runsText(result, volumetric)} minus ${runsText(result, planar)}, scan by scan`;
  return table(caption, columns, rows);
}

/** An architecture, and how many trainings of it a scan's value is the mean of. */
function runsText(result: RunResult, [first, ...others]: readonly string[]): string {
  const text = modelText(result, first);
  return others.length === 0 ? text : `${text}, mean of ${others.length + 1} trainings`;
}
