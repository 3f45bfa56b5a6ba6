/**
 * Scans as a network sees them: windowed and resized slices with their masks, in memory.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import type { LoadedCase } from "../datasets/mod.ts";
import {
  type FieldChoice,
  findField,
  imageResizer,
  type PlaneSize,
  planWindow,
  readMask,
  readScan,
  requireSameGrid,
  resizeMask,
  sliceWindower,
} from "../imaging/mod.ts";

/** A scan with its truth, in the rows and columns of a network. */
export interface TrainingScan {
  /** What errors call it. */
  readonly label: string;
  /** Slices. */
  readonly slices: number;
  /** Grey values in [0, 1], order (z, y, x). */
  readonly image: Float32Array<ArrayBuffer>;
  /** 0 or 1, order (z, y, x). */
  readonly truth: Uint8Array<ArrayBuffer>;
  /** What was noticed of its window and field. */
  readonly warnings: readonly string[];
}

/**
 * Reads, windows and resizes a scan and its truth.
 *
 * @param choice what is taken of each slice
 * @throws InputError that names the case, when it has no truth, cannot be read, or does not fit it
 */
export function loadTrainingScan(
  one: LoadedCase,
  plane: PlaneSize,
  choice: FieldChoice = "whole",
): TrainingScan {
  const label = `case ${one.index} (${one.id})`;
  try {
    if (one.truth === null) {
      throw new InputError("it has no truth, without which nothing can be learned from it", {
        advice: "add a truth to the manifest, or leave the case out",
      });
    }
    const volume = readScan(one.image);
    const mask = readMask(one.truth);
    requireSameGrid(volume, mask);
    const window = planWindow(volume, one.window);
    const [slices, height, width] = volume.shape;
    const [from, to] = [height * width, plane[0] * plane[1]];
    const windowed = new Float32Array(from);
    const windower = sliceWindower(volume, window);
    const sliceAt = (z: number) => windower(z, windowed);
    const field = findField(choice, sliceAt, volume.shape) ?? undefined;
    const shrink = imageResizer([height, width], plane, field);
    const image = new Float32Array(slices * to);
    const truth = new Uint8Array(slices * to);
    for (let z = 0; z < slices; z++) {
      shrink(sliceAt(z), image.subarray(z * to, (z + 1) * to));
      const slice = mask.voxels.subarray(z * from, (z + 1) * from);
      resizeMask(slice, [height, width], plane, truth.subarray(z * to, (z + 1) * to), field);
    }
    const warnings = [...window.warnings];
    if (choice === "lungs" && !field) {
      warnings.push("no lungs were found: all of its slices is taken");
    }
    return { label, slices, image, truth, warnings };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${label}: ${error.message}`, {
      cause: error,
      advice: error.advice,
      details: error.details,
    });
  }
}
