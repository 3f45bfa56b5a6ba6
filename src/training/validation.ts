/**
 * Inner validation: Dice of whole scans at the network's rows and columns, without overlap.
 *
 * @module
 */

import type { Executable } from "../backends/mod.ts";
import { type Confusion, confusion, dice } from "../metrics/overlap.ts";
import type { BuiltModel } from "../models/mod.ts";
import { networkShape, segmentNetworkScan } from "../segmentation/mod.ts";
import type { TrainingScan } from "./scans.ts";

/** A scan that was validated on, with the slice of it that has the largest true area. */
export interface ValidatedScan extends FullestSlice {
  /** Dice of the whole scan; null where it is undefined. */
  readonly dice: number | null;
}

/** The slice of a scan that holds the most truth. */
export interface FullestSlice {
  /** Index of the scan's case. */
  readonly case: number;
  /** The slice, from 0. */
  readonly slice: number;
  /** Rows and columns of the network. */
  readonly plane: readonly [number, number];
  /** Grey values of the slice in [0, 1]. */
  readonly grey: Float32Array;
  /** True mask of the slice, 0 or 1. */
  readonly truth: Uint8Array;
  /** Predicted mask of the slice, 0 or 1. */
  readonly mask: Uint8Array;
}

/** What a validation found. */
export interface Validation {
  /** Mean Dice of the scans where it is defined; null where it is for none. */
  readonly dice: number | null;
  /** Whether nothing at all is predicted though there is something to find. */
  readonly empty: boolean;
  /** Each scan. */
  readonly scans: readonly ValidatedScan[];
}

/**
 * Measures a model on scans.
 *
 * @param threshold probability from which on a voxel is foreground
 * @throws the reason of the signal when it is aborted
 */
export async function validate(
  executable: Executable,
  model: BuiltModel,
  scans: readonly TrainingScan[],
  threshold: number,
  signal?: AbortSignal,
): Promise<Validation> {
  const network = { ...networkShape(model), executable };
  const counts: Confusion[] = [];
  const validated: ValidatedScan[] = [];
  for (const scan of scans) {
    const { mask } = await segmentNetworkScan(scan, network, { threshold, signal });
    const counted = confusion(mask, scan.truth);
    counts.push(counted);
    validated.push({ ...fullestSlice(scan, mask, network.plane), dice: dice(counted).value });
  }
  const values = validated.flatMap((one) => one.dice === null ? [] : [one.dice]);
  const total = (of: (one: Confusion) => number) => counts.reduce((sum, one) => sum + of(one), 0);
  return {
    dice: values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length,
    empty: total((one) => one.truePositive + one.falsePositive) === 0 &&
      total((one) => one.truePositive + one.falseNegative) > 0,
    scans: validated,
  };
}

/** The slice with the largest true area, the first of several; copied, as scans are large. */
function fullestSlice(
  { case: index, slices, image, truth }: TrainingScan,
  mask: Uint8Array,
  plane: readonly [number, number],
): FullestSlice {
  const size = plane[0] * plane[1];
  let [slice, most] = [0, -1];
  for (let z = 0; z < slices; z++) {
    let area = 0;
    for (let at = z * size; at < (z + 1) * size; at++) area += truth[at];
    if (area > most) [slice, most] = [z, area];
  }
  const [from, to] = [slice * size, (slice + 1) * size];
  return {
    case: index,
    slice,
    plane,
    grey: image.slice(from, to),
    truth: truth.slice(from, to),
    mask: mask.slice(from, to),
  };
}
