/**
 * Counts and measures of scans, truths and predictions against each other.
 *
 * @module
 */

import { type Confusion, OVERLAP_METRICS } from "../../metrics/overlap.ts";
import { checksumOf } from "../checksum.ts";
import type { CaseRecord, ModelRecord, PredictionRecord, RunResult } from "../records.ts";
import { isClose } from "../../base/close.ts";
import { contradictionsOfMeasures, outside } from "./measures.ts";
import { executionsOf } from "./settings.ts";
import { contradictionsOfRuns } from "./slices.ts";

/** Contradictions of what is said of scans, and of what models made of them. */
export function* contradictionsOfScans(
  { models, dataset, predictions }: RunResult,
): Generator<string> {
  for (const [i, scan] of dataset.cases.entries()) yield* ofScan(scan, `dataset.cases.${i}`);
  const scans = new Map(dataset.cases.map((scan) => [scan.index, scan]));
  const byKey = new Map(models.map((model) => [model.id, model]));
  for (const [i, prediction] of predictions.entries()) {
    const path = `predictions.${i}`;
    if (prediction.checksum !== undefined && prediction.checksum !== checksumOf(prediction)) {
      yield `${path}: it was changed after it was written (its checksum tells)`;
    }
    const scan = scans.get(prediction.case)!;
    yield* ofCounts(prediction, scan.shape, path);
    const model = byKey.get(prediction.model)!;
    const executions = executionsOf(model, scan.shape[0]);
    if (prediction.executions !== executions) {
      yield `${path}.executions: ${prediction.executions} is not ${executions}, which its model and ` +
        "slices make";
    }
    yield* ofMeasures(prediction, scan, model, path);
    yield* contradictionsOfRuns(prediction, scan, path);
  }
}

/** Voxels along an axis of a scan at most: histograms have a bin for every few of them. */
const LONGEST_AXIS = 1 << 20;

/** Millimetres between slices at most: more is no scan. */
const FARTHEST_SLICES = 1e4;

function* ofScan({ shape, spacing, truth, huThreshold }: CaseRecord, path: string) {
  if (shape.some((size) => size === 0 || size > LONGEST_AXIS)) {
    yield `${path}.shape: no scan has ${shape.join(" x ")} voxels`;
  }
  if (spacing?.some((mm) => mm <= 0 || mm > FARTHEST_SLICES)) {
    yield `${path}.spacing: ${spacing.join(" x ")} mm`;
  }
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

function* ofMeasures(
  { voxels, slicePixels, truePositives, metrics }: PredictionRecord,
  scan: CaseRecord,
  { weights }: ModelRecord,
  path: string,
): Generator<string> {
  const { truth, shape } = scan;
  if (truePositives === null && metrics === null) return;
  if (truePositives === null || metrics === null) {
    yield `${path}: truePositives and metrics are both null, or none is`;
    return;
  }
  if (!truth) {
    yield `${path}.metrics: its scan has no truth`;
    return;
  }
  if (weights.source !== "file") {
    yield `${path}.metrics: with random weights accuracy means nothing`;
  }
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
  const most = slicePixels.reduce(
    (sum, pixels, z) => sum + Math.min(pixels, truth.slicePixels[z] ?? 0),
    0,
  );
  if (truePositives > most) {
    yield `${path}.truePositives: ${truePositives}, of which its slices can share ${most}`;
  }
  yield* contradictionsOfMeasures(metrics, scan, `${path}.metrics`);
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
