/**
 * Ops that put voxels around a tensor or take them off it.
 *
 * @module
 */

import { cropRows, zeroBorders } from "../../loops/borders.ts";
import type { Lower } from "../../lowering/lowering.ts";
import { moved } from "../../memory/views.ts";
import { emitCopyInPieces } from "./layout_copy.ts";

/** Zeros around the voxels, which are copied by the library. */
export const pad: Lower<"pad"> = ({ name, inputs: [x], output, attributes }, lowering) => {
  const { tensors } = lowering;
  const { before } = attributes;
  const whole = tensors.activation(output);
  const first = before.reduce((sum, count, axis) => sum + count * whole.strides[axis + 2], 0);
  const inside = { ...whole, dims: tensors.shape(x), address: moved(whole, first) };
  lowering.loop(zeroBorders(tensors.stored(output), tensors.shape(x), before));
  emitCopyInPieces(name, lowering, tensors.activation(x), inside);
};

/** What is left without the outermost voxels. */
export const crop: Lower<"crop"> = ({ inputs: [x], output, attributes }, lowering) => {
  const { tensors } = lowering;
  lowering.loop(cropRows(tensors.stored(x), tensors.stored(output), attributes.before));
};
