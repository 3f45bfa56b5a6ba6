/**
 * Inner validation: Dice of whole scans at the network's rows and columns, without overlap.
 *
 * @module
 */

import type { Executable } from "../backends/mod.ts";
import { elements } from "../base/shapes.ts";
import { stackWindows, threshold } from "../imaging/mod.ts";
import { type Confusion, confusion, dice } from "../metrics/overlap.ts";
import type { BuiltModel } from "../models/mod.ts";
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
 * @param limit probability from which on a voxel is foreground
 */
export function validate(
  executable: Executable,
  model: BuiltModel,
  scans: readonly TrainingScan[],
  limit: number,
  onScan: () => void = () => {},
): Validation {
  const counts = scans.map((scan) => {
    const counted = confusion(predict(executable, model, scan, limit), scan.truth);
    onScan();
    return counted;
  });
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

/** The mask of a scan at the network's rows and columns. */
function predict(
  executable: Executable,
  { inputShape, outputShape, dimensions, foreground }: BuiltModel,
  { slices, image }: TrainingScan,
  limit: number,
): Uint8Array<ArrayBuffer> {
  const [x, y] = [executable.inputs[0].name, executable.outputs[0].name];
  const plane = inputShape.at(-1)! * inputShape.at(-2)!;
  const size = dimensions === 3 ? inputShape[2] : inputShape[0];
  const [inputs, outputs] = [inputShape[1], outputShape[1]];
  const input = new Float32Array(elements(inputShape));
  const output = new Float32Array(elements(outputShape));
  const mask = new Uint8Array(slices * plane);
  // (slice, channel, plane) for slices, (channel, slice, plane) for stacks
  const perSlice = dimensions === 3 ? plane : outputs * plane;
  const first = foreground * (dimensions === 3 ? size * plane : plane);
  for (const { start, stop } of stackWindows(slices, size)) {
    input.fill(0);
    for (let z = start; z < stop; z++) {
      const slice = image.subarray(z * plane, (z + 1) * plane);
      for (let c = 0; c < inputs; c++) input.set(slice, ((z - start) * inputs + c) * plane);
    }
    executable.run({ [x]: input }, { [y]: output });
    for (let z = start; z < stop; z++) {
      const at = first + (z - start) * perSlice;
      const target = mask.subarray(z * plane, (z + 1) * plane);
      threshold(output.subarray(at, at + plane), limit, target);
    }
  }
  return mask;
}
