/**
 * What a step is given: images, masks, and what dropouts multiply by.
 *
 * @module
 */

import { type Random, random } from "../base/random.ts";
import type { BuiltModel } from "../models/mod.ts";
import { type AugmentationName, AUGMENTATIONS } from "./augmentation.ts";
import type { Sample } from "./sample.ts";
import type { Item } from "./sampling.ts";
import type { TrainingScan } from "./scans.ts";

/** Images and masks of a step, in the shapes of a model's input and output. */
export interface Batch {
  /** Grey values, (N, C, (D,) H, W); every channel the same. */
  readonly image: Float32Array<ArrayBuffer>;
  /** 0 or 1, (N, 1, (D,) H, W). */
  readonly target: Float32Array<ArrayBuffer>;
}

/** Room for the batches of a model. */
export function emptyBatch({ inputShape }: Pick<BuiltModel, "inputShape">): Batch {
  const [batch, channels, ...spatial] = inputShape;
  const size = batch * spatial.reduce((product, n) => product * n, 1);
  return { image: new Float32Array(size * channels), target: new Float32Array(size) };
}

/**
 * Fills a batch. Slices that a scan does not have are 0, as in inference.
 *
 * @param step number of the step, on which what is varied depends
 */
export function fillBatch(
  batch: Batch,
  model: Pick<BuiltModel, "inputShape" | "dimensions">,
  scans: readonly TrainingScan[],
  items: readonly Item[],
  augmentation: readonly AugmentationName[],
  seed: number,
  step: number,
): void {
  const [, channels, ...spatial] = model.inputShape;
  const [slices, height, width] = model.dimensions === 3 ? spatial : [1, ...spatial];
  const size = slices * height * width;
  items.forEach(({ scan, start, slices: there }, i) => {
    const { image, truth } = scans[scan];
    const from = start * height * width;
    const end = from + there * height * width;
    const sample: Sample = {
      image: batch.image.subarray(i * channels * size, (i * channels + 1) * size),
      target: batch.target.subarray(i * size, (i + 1) * size),
      shape: [slices, height, width],
    };
    sample.image.fill(0).set(image.subarray(from, end));
    sample.target.fill(0).set(truth.subarray(from, end));
    const draw = random(seed, "augmentation", step, i);
    for (const name of augmentation) AUGMENTATIONS[name](sample, draw);
    for (let c = 1; c < channels; c++) batch.image.set(sample.image, (i * channels + c) * size);
  });
}

/** Halves of a 32-bit draw that are compared with a share. */
const HALF = 65536;

/**
 * Fills a mask with 0 at the rate of a dropout and 1 / (1 - rate) elsewhere. The rate is rounded
 * to a multiple of 2^-16, so that one draw does for two elements.
 */
export function fillDropout(mask: Float32Array, rate: number, draw: Random): void {
  const dropped = Math.round(rate * HALF);
  const kept = HALF / (HALF - dropped);
  for (let i = 0; i < mask.length; i += 2) {
    const bits = draw.integer(HALF * HALF);
    mask[i] = bits % HALF < dropped ? 0 : kept;
    mask[i + 1] = bits / HALF < dropped ? 0 : kept;
  }
}
