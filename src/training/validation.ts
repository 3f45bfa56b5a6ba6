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

/** What a validation found. */
export interface Validation {
  /** Mean Dice of the scans where it is defined; null where it is for none. */
  readonly dice: number | null;
  /** Whether nothing at all is predicted though there is something to find. */
  readonly empty: boolean;
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
  for (const scan of scans) {
    const { mask } = await segmentNetworkScan(scan, network, { threshold, signal });
    counts.push(confusion(mask, scan.truth));
  }
  const values = counts.flatMap((one) => {
    const measured = dice(one);
    return measured.value === null ? [] : [measured.value];
  });
  const total = (of: (one: Confusion) => number) => counts.reduce((sum, one) => sum + of(one), 0);
  return {
    dice: values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length,
    empty: total((one) => one.truePositive + one.falsePositive) === 0 &&
      total((one) => one.truePositive + one.falseNegative) > 0,
  };
}
