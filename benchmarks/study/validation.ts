/**
 * The scans that no test looks at: those by which each fold's training chose its weights, whole or cut,
 * seen by those weights.
 *
 * @module
 */

import { join } from "node:path";
import { openBackend } from "../../src/backends/mod.ts";
import { elements } from "../../src/base/shapes.ts";
import type { Filling } from "../../src/imaging/mod.ts";
import { confusion, dice } from "../../src/metrics/overlap.ts";
import { openSegmenter, prepareModel, segmentNetworkScan } from "../../src/segmentation/mod.ts";
import { foldScans, type Scan } from "../scans.ts";

const MANIFEST = "benchmarks/data/covid-ct-seg20.json";
const FOLDS = { count: 5, seed: 1 };
const INPUT = [32, 128, 128];
const PLANE = elements(INPUT.slice(1));

/** How a V-Net's stacks lie. */
export interface Stacks {
  readonly overlap: number;
  readonly filling: Filling;
}

/** A fold's validation scans, and Dice of one, or of a part of one, by its weights. */
export interface ValidatedFold {
  readonly fold: number;
  readonly scans: readonly Scan[];
  /** Dice on the network's rows and columns, as in the validation of a training; null: undefined. */
  diceOf(scan: Scan): Promise<number | null>;
}

/**
 * Each fold's V-Net in turn; it is closed when the next is asked for.
 *
 * @param trained the folder of one seed, with `vnet/fold-N/best.safetensors`
 */
export function* validatedFolds(
  trained: string,
  { overlap, filling }: Stacks,
): Generator<ValidatedFold> {
  using backend = openBackend("onednn");
  const scansOf = foldScans(MANIFEST, FOLDS);
  for (let fold = 0; fold < FOLDS.count; fold++) {
    const prepared = prepareModel({
      model: "vnet:small",
      input: INPUT,
      options: {},
      weights: join(trained, "vnet", `fold-${fold}`, "best.safetensors"),
      field: "lungs",
      batch: 1,
      overlap,
      stitching: "mean",
      filling,
    }, 1);
    using segmenter = openSegmenter(backend, prepared, "fp32");
    const diceOf = async (scan: Scan) => {
      const { mask } = await segmentNetworkScan(scan, segmenter, { threshold: 0.2 });
      return dice(confusion(mask, scan.truth)).value;
    };
    yield { fold, scans: scansOf(fold).validation, diceOf };
  }
}

/** A scan of some slices of another. */
export function cutTo(scan: Scan, slices: readonly number[]): Scan {
  const image = new Float32Array(slices.length * PLANE);
  const truth = new Uint8Array(slices.length * PLANE);
  slices.forEach((z, at) => {
    image.set(scan.image.subarray(z * PLANE, (z + 1) * PLANE), at * PLANE);
    truth.set(scan.truth.subarray(z * PLANE, (z + 1) * PLANE), at * PLANE);
  });
  return { ...scan, slices: slices.length, image, truth };
}

/** Neighbouring slices around the one with most of the lesion. */
export function pieceOf({ slices, truth }: Scan, count: number): number[] {
  const area = (z: number) =>
    truth.subarray(z * PLANE, (z + 1) * PLANE).reduce((sum, value) => sum + value, 0);
  const areas = Array.from({ length: slices }, (_, z) => area(z));
  const fullest = areas.indexOf(Math.max(...areas));
  const first = Math.min(Math.max(0, fullest - (count >> 1)), slices - count);
  return Array.from({ length: count }, (_, i) => first + i);
}
