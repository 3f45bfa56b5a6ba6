/**
 * What a run records of models, scans and predictions.
 *
 * @module
 */

import { canonicalJson, sha256 } from "../base/hashing.ts";
import { graphHash, trainableParameters } from "../graph/graph.ts";
import { weightsHash } from "../graph/weights.ts";
import {
  huSha256,
  type Mask,
  type MaskFile,
  type Volume,
  type WindowPlan,
} from "../imaging/mod.ts";
import { consecutiveRuns } from "../metrics/consecutive.ts";
import { stackBorders } from "../metrics/continuity.ts";
import { evaluatePair } from "../metrics/mod.ts";
import { confusion } from "../metrics/overlap.ts";
import { tellsPresence, withCaveats } from "../results/caveats.ts";
import { checksumOf } from "../results/checksum.ts";
import type { CaseRecord, ModelRecord, PredictionRecord } from "../results/mod.ts";
import type { RunScan } from "./run_scans.ts";
import type { PreparedModel, Segmentation } from "../segmentation/mod.ts";

/** Keys of the models of a suite: their names, numbered where one comes again. */
export function modelIds(names: readonly string[]): string[] {
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length;
    return before === 0 ? name : `${name}#${before + 1}`;
  });
}

/** Records a model. */
export function modelRecord(
  id: string,
  prepared: PreparedModel,
  options: Readonly<Record<string, string>>,
): ModelRecord {
  const { model, flops, weightsFrom, grouping } = prepared;
  return {
    id,
    name: model.name,
    dimensions: model.dimensions,
    input: model.inputShape,
    options,
    ...(prepared.field === undefined ? {} : { field: prepared.field }),
    parameters: trainableParameters(model.graph),
    flops,
    graphHash: graphHash(model.graph),
    weights: { source: weightsFrom, ...hashesOf(prepared) },
    stack: model.dimensions === 3
      ? {
        size: grouping.size,
        overlap: grouping.overlap,
        stitching: grouping.weighting,
        ...(grouping.filling === undefined ? {} : { filling: grouping.filling }),
      }
      : null,
  };
}

/** The hash of a model's weights; of an ensemble's that of all of them, and each. */
function hashesOf({ model, weights, ensemble }: PreparedModel): {
  readonly sha256: string;
  readonly ensemble?: readonly string[];
} {
  const hashes = [weights, ...ensemble].map((each) => weightsHash(model.graph, each));
  return hashes.length === 1
    ? { sha256: hashes[0] }
    : { sha256: sha256(...hashes), ensemble: hashes };
}

/** Records a scan. */
export function caseRecord(
  { index, id, split, patient, fold, caveats }: RunScan,
  isPublic: boolean,
  volume: Volume,
  window: WindowPlan,
  truth: (Mask & Partial<Pick<MaskFile, "report">>) | null,
): CaseRecord {
  return {
    index,
    id: isPublic ? id : null,
    split,
    patient,
    ...(fold === null ? {} : { fold }),
    ...(caveats.length === 0 ? {} : { caveats }),
    shape: volume.shape,
    spacing: volume.spacing,
    voxelsSha256: huSha256(volume),
    window: describeWindow(window),
    notes: notesOf(volume, window, truth),
    truth: truth && {
      sha256: sha256(truth.voxels),
      voxels: sumOf(slicePixels(truth.voxels, volume.shape)),
      slicePixels: slicePixels(truth.voxels, volume.shape),
    },
  };
}

/** What was noticed of a scan, its window and its truth, each once. */
function notesOf(
  { report }: Volume,
  window: WindowPlan,
  truth: Partial<Pick<MaskFile, "report">> | null,
): CaseRecord["notes"] {
  const notes = [
    ...[...report, ...truth?.report ?? []].map(({ kind, rule, message }) => ({
      kind,
      rule,
      message,
    })),
    ...window.warnings.map((message) => ({ kind: "warning", rule: "window", message } as const)),
  ];
  return [...new Map(notes.map((note) => [canonicalJson(note), note])).values()];
}

/** Records a prediction; metrics where accuracy means something. */
export function predictionRecord(
  model: ModelRecord,
  { index, caveats }: Pick<RunScan, "index" | "caveats">,
  { mask, groups }: Segmentation,
  volume: Volume,
  truth: Mask | null,
): PredictionRecord {
  const pixels = slicePixels(mask, volume.shape);
  const scored = truth && model.weights.source === "file" ? truth.voxels : null;
  const stacks = groups.map(({ start, stop }) => ({ start, end: stop }));
  const facts = model.stack ? { stackBorders: stackBorders(stacks, volume.shape[0]) } : {};
  const record: PredictionRecord = {
    model: model.id,
    case: index,
    executions: groups.length,
    maskSha256: sha256(mask),
    voxels: sumOf(pixels),
    slicePixels: pixels,
    truePositives: scored && confusion(mask, scored).truePositive,
    metrics: scored && withCaveats(evaluatePair(mask, scored, volume, facts), caveats),
    runs: scored && tellsPresence(caveats)
      ? consecutiveRuns(mask, scored, volume.shape).map((run) => ({
        slice: run.start,
        pattern: run.prediction,
        dice: run.dice,
      }))
      : null,
  };
  return { ...record, checksum: checksumOf(record) };
}

/** Foreground pixels of each slice. */
function slicePixels(mask: Uint8Array, [slices, height, width]: Volume["shape"]): number[] {
  const plane = height * width;
  return Array.from({ length: slices }, (_, z) => {
    let count = 0;
    for (let i = z * plane; i < (z + 1) * plane; i++) count += mask[i];
    return count;
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** A window in words, such as `lung -600/1500 LINEAR`. */
function describeWindow({ from, windows }: WindowPlan): string {
  if (windows.length === 0) return from;
  const [{ center, width, function: linear, table }] = windows;
  const voi = table === undefined ? linear : "VOI LUT";
  const distinct = new Set(windows.map((window) => `${window.center}/${window.width}`)).size;
  const more = distinct > 1 ? ` and ${distinct - 1} more, one a slice` : "";
  return `${from} ${center}/${width} ${voi}${more}`;
}
