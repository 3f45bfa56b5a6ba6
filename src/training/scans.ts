/**
 * The scans of a training, as its network sees them.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import { type LoadedCase, readCaseScan, readCaseTruth } from "../datasets/mod.ts";
import { type FieldChoice, type PlaneSize, planWindow } from "../imaging/mod.ts";
import { networkMask, type NetworkScan, networkScan } from "../segmentation/mod.ts";

/** A scan with its truth, in the rows and columns of a network. */
export interface TrainingScan extends NetworkScan {
  /** Index of its case. */
  readonly case: number;
  /** What errors call it. */
  readonly label: string;
  /** 0 or 1, order (z, y, x). */
  readonly truth: Uint8Array<ArrayBuffer>;
  /** What was noticed of it, its window and its field that looks wrong. */
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
    const volume = readCaseScan(one);
    const mask = readCaseTruth(one, volume);
    if (mask === null) {
      throw new InputError("it has no truth, without which nothing can be learned from it", {
        advice: "add a truth to the manifest, or leave the case out",
      });
    }
    const window = planWindow(volume, one.window);
    const [, height, width] = volume.shape;
    const scan = networkScan(volume, { plane, field: choice }, window);
    return {
      case: one.index,
      label,
      ...scan,
      truth: networkMask(mask.voxels, [height, width], plane, scan.field),
      warnings: [
        ...volume.report.filter(({ kind }) => kind === "warning").map(({ message }) => message),
        ...window.warnings,
        ...(choice === "lungs" && scan.field === null
          ? ["no lungs were found: all of its slices is taken"]
          : []),
      ],
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${label}: ${error.message}`, {
      cause: error,
      advice: error.advice,
      details: error.details,
    });
  }
}
