/**
 * Sums over axes, as products of matrices with ones.
 *
 * The library adds up in single precision, so that it is given short columns, whose sums are joined
 * in double precision.
 *
 * @module
 */

import { elements } from "../../../../base/shapes.ts";
import type { ValueId } from "../../../../graph/graph.ts";
import { rowMajor, type View } from "../../library/layout.ts";
import { sumChannels, sumOfGroups } from "../../loops/channels.ts";
import { sumOver } from "../../loops/sum_over.ts";
import type { Lower, Lowering } from "../../lowering/lowering.ts";
import { shortColumns } from "../../memory/rows.ts";
import { momentsOf, sharesMoments } from "../normalization/batch_moments.ts";
import { emitMatmul } from "./matmul.ts";
import { matricesOf } from "./matrices.ts";

/** Rows of partial sums are about this long, which the library is fastest at. */
const PARTIAL_ROW = 64;

/** Sums over channels are made in single precision: no model has many more. */
const MOST_CHANNELS = 2048;

/** Sum over some axes, which keep size 1. */
export const sum: Lower<"sum"> = ({ name, inputs: [x], output }, lowering) => {
  const { tensors } = lowering;
  tensors.requireF32();
  if (sharesMoments(tensors, x, output)) {
    const y = tensors.single(output);
    const { means } = momentsOf(name, lowering, x, output);
    const voxels = elements(tensors.shape(x)) / y.length;
    return lowering.loop(() => y.set(means.map((mean) => mean * voxels)));
  }
  const matrices = matricesOf(tensors.shape(x), tensors.shape(output));
  if (!matrices) return sumByLoops(x, output, lowering);
  const { count, rows, columns } = matrices;
  const known = lowering.statistics.sums(x);
  if (count === 1 && columns === tensors.shape(x)[1] && known) {
    return lowering.loop(sumOfGroups(known, tensors.single(output)));
  }
  const { address } = tensors.activation(x);
  if (columns === 1 && count > rows && rows <= MOST_CHANNELS) {
    const from: View = { type: "f32", dims: [rows, count], strides: [1, rows], address };
    const to = { ...rowMajor("f32", [1, count]), address: tensors.activation(output).address };
    return emitMatmul(name, lowering, lowering.filled([1, rows], 1), from, lowering.place(to));
  }
  let fold = shortColumns(rows, columns);
  const depth = rows / fold;
  if (depth < 4) return sumByLoops(x, output, lowering);
  // a row of the product may be several rows of the matrix, whose sums are joined afterwards
  let wide = Math.max(1, Math.min(fold, Math.floor(PARTIAL_ROW / columns)));
  while (fold % wide !== 0) wide--;
  fold /= wide;
  const width = wide * columns;
  const partial = lowering.numbers([count * fold, 1, width]);
  const from = { ...rowMajor("f32", [count * fold, depth, width]), address };
  emitMatmul(
    name,
    lowering,
    lowering.filled([1, 1, depth], 1),
    from,
    lowering.place(partial.view),
  );
  const y = tensors.single(output);
  const totals = new Float64Array(columns);
  const parts = Array.from(
    { length: count },
    (_, i) => partial.data.subarray(i * fold * width, (i + 1) * fold * width),
  );
  lowering.loop(() =>
    parts.forEach((part, i) => {
      totals.fill(0);
      sumChannels(part, totals, 0, columns);
      y.set(totals, i * columns);
    })
  );
};

function sumByLoops(x: ValueId, output: ValueId, lowering: Lowering): void {
  const { tensors } = lowering;
  const [from, to] = [x, output].map((id) => [tensors.single(id), tensors.shape(id)] as const);
  lowering.loop(sumOver(from, to));
}
