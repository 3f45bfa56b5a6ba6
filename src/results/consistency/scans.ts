/**
 * Counts and measures of scans, truths and predictions against each other.
 *
 * @module
 */

import { METRICS } from "../../metrics/mod.ts";
import { type Confusion, OVERLAP_METRICS } from "../../metrics/overlap.ts";
import { RUN_LENGTH } from "../../metrics/consecutive.ts";
import { checksumOf } from "../checksum.ts";
import type { CaseRecord, MeasuredValue, PredictionRecord, RunResult } from "../records.ts";
import { isClose } from "./close.ts";

/** Contradictions of what is said of scans, and of what models made of them. */
export function* contradictionsOfScans(
  { suite, models, dataset, predictions }: RunResult,
): Generator<string> {
  if (suite.threshold < 0 || suite.threshold > 1) {
    yield `suite.threshold: ${suite.threshold} is not in 0 to 1`;
  }
  for (const [i, scan] of dataset.cases.entries()) yield* ofScan(scan, `dataset.cases.${i}`);
  const scans = new Map(dataset.cases.map((scan) => [scan.index, scan]));
  const trained = new Map(models.map(({ id, weights }) => [id, weights.source === "file"]));
  for (const [i, prediction] of predictions.entries()) {
    const path = `predictions.${i}`;
    if (prediction.checksum !== undefined && prediction.checksum !== checksumOf(prediction)) {
      yield `${path}: it was changed after it was written (its checksum tells)`;
    }
    const scan = scans.get(prediction.case)!;
    yield* ofCounts(prediction, scan.shape, path);
    yield* ofMeasures(prediction, scan, trained.get(prediction.model)!, path);
    yield* ofRuns(prediction, scan, path);
  }
}

/** Voxels along an axis of a scan at most: histograms have a bin for every few of them. */
const LONGEST_AXIS = 1 << 20;

function* ofScan({ shape, spacing, truth, huThreshold }: CaseRecord, path: string) {
  if (shape.some((size) => size === 0 || size > LONGEST_AXIS)) {
    yield `${path}.shape: no scan has ${shape.join(" x ")} voxels`;
  }
  if (spacing?.some((mm) => mm <= 0)) yield `${path}.spacing: ${spacing.join(" x ")} mm`;
  if (truth) yield* ofCounts(truth, shape, `${path}.truth`);
  if (huThreshold) yield* outside(huThreshold.dice, [0, 1], `${path}.huThreshold.dice`);
}

function* ofCounts(
  { voxels, slicePixels }: Pick<PredictionRecord, "voxels" | "slicePixels">,
  [slices, height, width]: CaseRecord["shape"],
  path: string,
) {
  if (slicePixels.length !== slices) {
    yield `${path}.slicePixels: ${slicePixels.length} numbers for ${slices} slices`;
  }
  for (const [z, pixels] of slicePixels.entries()) {
    if (pixels > height * width) {
      yield `${path}.slicePixels.${z}: ${pixels} of ${height * width} pixels`;
    }
  }
  const sum = slicePixels.reduce((all, pixels) => all + pixels, 0);
  if (voxels !== sum) yield `${path}.voxels: ${voxels} is not ${sum}, the sum over its slices`;
}

const RANGES = new Map(METRICS.map(({ name, range }) => [name, range]));

function* ofMeasures(
  { voxels, truePositives, metrics }: PredictionRecord,
  { truth, shape }: CaseRecord,
  isTrained: boolean,
  path: string,
): Generator<string> {
  if (truePositives === null && metrics === null) return;
  if (truePositives === null || metrics === null) {
    yield `${path}: truePositives and metrics are both null, or none is`;
    return;
  }
  if (!truth) {
    yield `${path}.metrics: its scan has no truth`;
    return;
  }
  if (!isTrained) yield `${path}.metrics: with random weights accuracy means nothing`;
  const counts: Confusion = {
    truePositive: truePositives,
    falsePositive: voxels - truePositives,
    falseNegative: truth.voxels - truePositives,
    trueNegative: shape[0] * shape[1] * shape[2] - voxels - truth.voxels + truePositives,
  };
  if (Object.values(counts).some((count) => count < 0)) {
    yield `${path}.truePositives: ${truePositives} of ${voxels} predicted and ${truth.voxels} true voxels`;
    return;
  }
  for (const [name, measure] of Object.entries(metrics)) {
    const range = RANGES.get(name);
    if (range) yield* outside(measure, range, `${path}.metrics.${name}`);
  }
  for (const { name, ofCounts } of OVERLAP_METRICS) {
    if (!Object.hasOwn(metrics, name)) continue;
    const { value } = ofCounts(counts);
    if (!isClose(metrics[name].value, value)) {
      yield `${path}.metrics.${name}.value: ${
        metrics[name].value
      } is not ${value}, which follows ` +
        "from its voxels";
    }
  }
}

function* ofRuns({ runs }: PredictionRecord, { shape, truth }: CaseRecord, path: string) {
  for (const [i, { slice, pattern, dice }] of (runs ?? []).entries()) {
    const at = `${path}.runs.${i}`;
    if (pattern.length !== RUN_LENGTH || /[^01]/.test(pattern)) {
      yield `${at}.pattern: it is not ${RUN_LENGTH} times 0 or 1`;
    }
    if (slice + RUN_LENGTH > shape[0]) yield `${at}.slice: ${slice} of ${shape[0]} slices`;
    else if (!truth?.slicePixels.slice(slice, slice + RUN_LENGTH).every((pixels) => pixels > 0)) {
      yield `${at}.slice: not every slice from ${slice} on is positive in truth`;
    }
    yield* outside({ value: dice }, [0, 1], `${at}.dice`);
  }
}

function* outside({ value }: MeasuredValue, [low, high]: readonly [number, number], path: string) {
  // rounding may leave a correlation of a curve with itself a last digit above 1
  if (value !== null && (value < low - 1e-9 || value > high + 1e-9)) {
    yield `${path}.value: ${value} is not in ${low} to ${high}`;
  }
}
