/**
 * Ops that put voxels around a tensor or take them off it.
 *
 * @module
 */

import { cropRows, padRows } from "../../loops/borders.ts";
import type { Lower } from "../../lowering/lowering.ts";

/** Zeros around the voxels. */
export const pad: Lower<"pad"> = ({ inputs: [x], output, attributes }, lowering) => {
  const { tensors } = lowering;
  lowering.loop(padRows(tensors.stored(x), tensors.stored(output), attributes.before));
};

/** What is left without the outermost voxels. */
export const crop: Lower<"crop"> = ({ inputs: [x], output, attributes }, lowering) => {
  const { tensors } = lowering;
  lowering.loop(cropRows(tensors.stored(x), tensors.stored(output), attributes.before));
};
