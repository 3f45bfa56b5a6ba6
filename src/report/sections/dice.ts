/**
 * Table 2: Dice, and 3D against 2D.
 *
 * @module
 */

import type { DiceExperiment, PairRecord, RunResult } from "../../results/mod.ts";
import { type Block, type Cell, figure, fold, paragraph, table } from "../document.ts";
import {
  amount,
  amountOr,
  differenceText,
  interval,
  meanInterval,
  meanIntervalText,
  measure,
  measureText,
  NOTHING,
  pText,
} from "../format.ts";
import { glossary, measureTextOf } from "../metrics.ts";
import { filledWithZeros, modelOf, modelText, pairText, scanText } from "../models.ts";
import { PAPER } from "../../results/paper.ts";
import { modelColours } from "../plots/colours.ts";
import { type ScanDifference, scanDifferences, scanValues } from "../plots/scan_values.ts";

type Models = DiceExperiment["models"];

/** Dice of each model beside the paper's, scan by scan, then every measure of 3D against 2D. */
export function diceSection(
  result: RunResult,
  { models, huThreshold }: DiceExperiment,
): Block[] {
  const rows = models.map(({ model, mean, pooled, undefinedScans, scans }) => {
    const dimensions = modelOf(result, model)?.dimensions;
    return [
      modelText(result, model),
      measure(mean),
      meanInterval(mean),
      measure(pooled),
      amount(scans.length - undefinedScans),
      amount(undefinedScans),
      dimensions ? amount(PAPER.dice[dimensions], PAPER.dice[dimensions].toFixed(2)) : NOTHING,
    ];
  });
  const columns = ["model", "Dice, mean over scans", "95 % interval", "pooled over voxels"]
    .concat("scans", "undefined", "paper, mean over 32 scans");
  return [
    ...table("dice", "Table 2: Dice", columns, rows),
    ...failuresTable(result),
    ...trainingsTable(result, models),
    ...thresholdRemark(huThreshold),
    ...splitRemark(result, models),
    ...shortRemark(result, models),
    ...scanBlocks(result, models),
    ...statisticsBlocks(result, models),
  ];
}

/** Scans without a mask. */
function failuresTable(result: RunResult): Block[] {
  const rows = result.failures.map(({ model, case: index, reason }) => [
    modelText(result, model),
    scanText(result, index),
    reason,
  ]);
  return table("failures", "Scans on which a model failed", ["model", "scan", "why"], rows);
}

/** Dice of each scan, as a plot and as a table. */
function scanBlocks(result: RunResult, models: Models): Block[] {
  const points = models.flatMap(({ model, scans }) =>
    scans.flatMap((scan) =>
      scan.value === null ? [] : [{
        scan: scanText(result, scan.case),
        series: modelText(result, model),
        value: scan.value,
      }]
    )
  );
  const cases = result.dataset.cases.filter(({ index }) =>
    models.some(({ scans }) => scans.some((one) => one.case === index))
  );
  const rows = cases.map(({ index }): Cell[] => [
    { text: scanText(result, index), numbers: [], sight: { case: index } },
    ...models.map(({ scans }) => {
      const scan = scans.find((one) => one.case === index);
      return scan ? measure(scan) : NOTHING;
    }),
  ]);
  const titles = models.map(({ model }) => modelText(result, model));
  return [
    ...(points.length > 0
      ? [figure(
        "dice-by-scan",
        "Dice of each scan, the scans with the lowest on top",
        scanValues(points, "Dice", modelColours(result)),
      )]
      : []),
    ...fold(
      "Dice of every scan",
      table("dice-by-scan", "Dice, scan by scan", ["scan", ...titles], rows),
    ),
  ];
}

function statisticsBlocks(result: RunResult, models: Models): Block[] {
  const { statistics } = result;
  if (statistics === undefined) return [];
  if (statistics.status === "refused") {
    return [paragraph(`3D was not compared with 2D: ${statistics.reason}.`)];
  }
  return [
    ...statistics.pairs.flatMap((pair, place) => [
      ...pairTable(result, pair, place),
      ...differencesFigure(result, models, pair, place),
    ]),
    ...glossary(
      "measures-of-pairs",
      statistics.pairs.flatMap(({ comparisons }) => comparisons.map((one) => one.measure)),
    ),
  ];
}

/** The difference of Dice on each scan that all trainings of both sides have. */
function differencesFigure(
  result: RunResult,
  models: Models,
  pair: PairRecord,
  place: number,
): Block[] {
  const found = pair.comparisons.find((one) => one.measure === "dice");
  if (!found || found.difference === null) return [];
  const valueOf = (ids: readonly string[], index: number) => {
    const values = ids.map((id) =>
      models.find(({ model }) => model === id)?.scans.find((one) => one.case === index)?.value
    );
    const defined = values.filter((value) => typeof value === "number");
    if (defined.length < ids.length) return null;
    return defined.reduce((sum, value) => sum + value, 0) / ids.length;
  };
  const differences = result.dataset.cases.flatMap(({ index }): ScanDifference[] => {
    const [solid, flat] = [valueOf(pair.volumetric, index), valueOf(pair.planar, index)];
    if (solid === null || flat === null) return [];
    return [{ scan: scanText(result, index), difference: solid - flat }];
  });
  if (differences.length === 0) return [];
  return [figure(
    `dice-differences-${place + 1}`,
    `Dice, ${pairText(result, pair)}: each scan, and the mean with its 95 % interval`,
    scanDifferences(
      differences,
      { mean: found.difference, interval: found.interval },
      "difference of Dice: to the right 3D is better",
    ),
  )];
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
      amount(values.length),
      ...numbers.map((value) => amount(value, value.toFixed(3))),
    ]];
  });
  const columns = ["architecture", "trainings", "mean", "lowest", "highest"];
  const caption = "Mean Dice over several trainings (seeds) of one architecture";
  return table("trainings", caption, columns, rows);
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

/** Networks of stacks that see mostly zeros find little. */
function shortRemark(result: RunResult, models: Models): Block[] {
  return models.flatMap(({ model, scans }) => {
    const scored = new Set(scans.map((scan) => scan.case));
    const filled = filledWithZeros(result, model, scored);
    if (!filled) return [];
    return paragraph(
      `Of the ${scored.size} scans of ${
        modelText(result, model)
      }, ${filled.scans} end in a stack ` +
        `of ${filled.size} slices that zeros fill up, which can cost accuracy; "filling": "shift" of ` +
        "the model fills it with slices of the scan.",
    );
  });
}

function pairTable(result: RunResult, pair: PairRecord, place: number): Block[] {
  const rows = pair.comparisons.map((one) => [
    measureTextOf(one.measure),
    amountOr(one.difference, differenceText),
    interval(one.interval, one.reason),
    amountOr(one.p, pText),
    amountOr(one.pHolm, pText),
    amount(one.n),
    amount(one.patients),
    amount(one.leftOut),
  ]);
  const columns = ["measure", "difference", "95 % interval", "p", "p, Holm", "scans", "patients"]
    .concat("scans left out");
  const caption = `${pairText(result, pair)}, scan by scan`;
  return table(`pair-${place + 1}`, caption, columns, rows);
}
