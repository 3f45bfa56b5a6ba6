/**
 * Sums over axes, and repetitions along them, as products of matrices with ones.
 *
 * The library adds up in single precision, so that it is given short columns, whose sums are joined
 * in double precision.
 *
 * @module
 */

import { elements, type Shape } from "../../../base/shapes.ts";
import { channelsLastSizes, repeat, type Stretch, stretchesOf } from "../loops.ts";
import type { Lower, Lowering, Place } from "../lowering.ts";
import { sumOver } from "../reductions.ts";
import { shortColumns, sumChannels, sumOfGroups } from "../rows.ts";
import { momentsOf, sharesMoments } from "./moments.ts";
import { sumsKey } from "./normalise_backward.ts";
import { emitProduct } from "./products.ts";
import { type Layout, rowMajor, type View } from "../views.ts";
import type { ValueId } from "../../../graph/graph.ts";

/** A tensor as matrices: one of S rows by C columns after another, of which S is summed. */
interface Matrices {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/** Sums of so few elements are left to loops. */
const WORTHWHILE = 4096;

/** Rows of partial sums are about this long, which the library is fastest at. */
const PARTIAL_ROW = 64;

/** Sums over channels are made in single precision: no model has many more. */
const MOST_CHANNELS = 2048;

/** The sum over some axes. */
export const sum: Lower<"sum"> = ({ name, inputs: [x], output }, lowering) => {
  const { tensors } = lowering;
  if (sharesMoments(tensors, x, output)) {
    const y = tensors.single(output);
    const { means } = momentsOf(name, lowering, x, output);
    const voxels = elements(tensors.shape(x)) / y.length;
    return lowering.loop(() => y.set(means.map((mean) => mean * voxels)));
  }
  const matrices = matricesOf(tensors.shape(x), tensors.shape(output));
  if (!matrices) return sumByLoops(x, output, lowering);
  const { count, rows, columns } = matrices;
  const known = lowering.known(sumsKey(x));
  if (count === 1 && columns === tensors.shape(x)[1] && known instanceof Float64Array) {
    return lowering.loop(sumOfGroups(known, tensors.single(output)));
  }
  const { address } = tensors.activation(x);
  if (columns === 1 && count > rows && rows <= MOST_CHANNELS) {
    const from: View = { type: "f32", dims: [rows, count], strides: [1, rows], address };
    const to = { ...rowMajor("f32", [1, count]), address: tensors.activation(output).address };
    return emitProduct(name, lowering, lowering.filled([1, rows], 1), from, lowering.place(to));
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
  emitProduct(
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

/** Repeated along axes of size 1. */
export const expand: Lower<"expand"> = ({ name, inputs: [x], output }, lowering) => {
  const { tensors } = lowering;
  const [source, { dims, address }] = [x, output].map((id) => tensors.activation(id));
  const at = (layout: Layout) => lowering.place({ ...layout, address });
  if (!emitExpansion(name, lowering, source, dims, at)) {
    const [from, to] = [x, output].map((id) => [tensors.elements(id), tensors.shape(id)] as const);
    lowering.loop(repeat(from, to));
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
  emitProduct(context, lowering, left, right, place(rowMajor("f32", product)));
  return true;
}

function sumByLoops(x: ValueId, output: ValueId, lowering: Lowering): void {
  const { tensors } = lowering;
  const [from, to] = [x, output].map((id) => [tensors.single(id), tensors.shape(id)] as const);
  lowering.loop(sumOver(from, to));
}

/** The larger of two tensors as matrices whose rows the smaller does not have. */
function matricesOf(large: Shape, small: Shape): Matrices | undefined {
  const stretches = stretchesOf(channelsLastSizes(large), channelsLastSizes(small));
  const size = stretches.reduce((product, stretch) => product * stretch.size, 1);
  if (size < WORTHWHILE) return undefined;
  const summed = stretches.findIndex(({ shared }) => !shared);
  if (summed < 0 || stretches.length > summed + 2) return undefined;
  const part = (some: readonly Stretch[]) => some.reduce((product, { size }) => product * size, 1);
  return {
    count: part(stretches.slice(0, summed)),
    rows: stretches[summed].size,
    columns: part(stretches.slice(summed + 1)),
  };
}
