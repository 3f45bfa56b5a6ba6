/**
 * Ops that put voxels around a tensor or take them off it.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import { channelsLast, type View } from "../../library/layout.ts";
import { cropRows } from "../../loops/borders.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { moved } from "../../memory/views.ts";
import { emitCopyInPieces } from "./layout_copy.ts";

/** Zeros around the voxels. */
export const pad: Lower<"pad"> = ({ name, inputs: [x], output, attributes }, lowering) => {
  const { tensors } = lowering;
  emitPadded(name, lowering, tensors.activation(x), tensors.activation(output), attributes.before);
};

/**
 * Emits copies of a tensor and of the zeros around it.
 *
 * @param to where, some channels of a tensor perhaps
 * @param before voxels before it, an entry a spatial axis
 */
export function emitPadded(
  context: string,
  lowering: Lowering,
  from: View,
  to: View,
  before: readonly number[],
): void {
  // what is left of the result, without the borders of the axes so far
  let left = to;
  const cut = (axis: number, first: number, count: number): View => ({
    ...left,
    dims: left.dims.with(axis, count),
    address: moved(left, first * left.strides[axis]),
  });
  before.forEach((count, i) => {
    const axis = i + 2;
    const end = count + from.dims[axis];
    for (const border of [cut(axis, 0, count), cut(axis, end, left.dims[axis] - end)]) {
      if (elements(border.dims) === 0) continue;
      const zeros = { ...lowering.filled(border.dims, 0), ...channelsLast(to.type, border.dims) };
      emitCopyInPieces(context, lowering, zeros, border);
    }
    left = cut(axis, count, from.dims[axis]);
  });
  emitCopyInPieces(context, lowering, from, left);
}

/** What is left without the outermost voxels. */
export const crop: Lower<"crop"> = ({ inputs: [x], output, attributes }, lowering) => {
  const { tensors } = lowering;
  lowering.loop(cropRows(tensors.stored(x), tensors.stored(output), attributes.before));
};
