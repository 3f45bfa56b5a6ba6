/**
 * Repetitions along axes of size 1, as products of matrices with ones.
 *
 * @module
 */

import type { Shape } from "../../../../base/shapes.ts";
import { type Layout, rowMajor, type View } from "../../library/layout.ts";
import { repeat } from "../../loops/broadcast.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import type { Place } from "../../memory/tensors.ts";
import { emitMatmul } from "./matmul.ts";
import { matricesOf } from "./matrices.ts";

/** Repeated along axes of size 1. */
export const expand: Lower<"expand"> = ({ name, inputs: [x], output }, lowering) => {
  const { tensors } = lowering;
  const [source, { dims, address }] = [x, output].map((id) => tensors.activation(id));
  const at = (layout: Layout) => lowering.place({ ...layout, address });
  if (!emitExpansion(name, lowering, source, dims, at)) {
    lowering.loop(repeat(tensors.stored(x), tensors.stored(output)));
  }
};

/**
 * Emits a repetition of a tensor along its axes of size 1, where that is a product.
 *
 * @param dims its sizes then
 * @param place gives it a place, in another layout of the same memory order
 * @returns whether anything was emitted
 */
export function emitExpansion(
  context: string,
  lowering: Lowering,
  source: View,
  dims: Shape,
  place: (layout: Layout) => Place,
): boolean {
  const matrices = source.type === "f32" && matricesOf(dims, source.dims);
  if (!matrices) return false;
  const { count, rows, columns } = matrices;
  const at = (sizes: Shape) => ({ ...rowMajor("f32", sizes), address: source.address });
  const [left, right, product] = columns === 1
    ? [at([count, 1]), lowering.filled([1, rows], 1), [count, rows]]
    : [lowering.filled([1, rows, 1], 1), at([count, 1, columns]), [count, rows, columns]];
  emitMatmul(context, lowering, left, right, place(rowMajor("f32", product)));
  return true;
}
