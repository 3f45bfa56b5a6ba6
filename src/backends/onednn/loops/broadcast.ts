/**
 * Sums, products and repetitions of tensors that have size 1 on some axes, over channels-last
 * elements: where the library has no fast primitive, or none is worth waking threads for.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";
import { fromBf16, toBf16 } from "../../../tensor/tensor.ts";
import { channelsLastSizes, sharedElements, type Stretch, stretchesOf } from "./stretches.ts";

/** Elements that loops are done with before threads have woken up. */
export const TINY = 1024;

/** Elements in the arena: single precision, or the bits of bf16. */
export type StoredElements = Float32Array | Uint16Array;

/** Elements with their logical shape. */
export type StoredTensor = readonly [data: StoredElements, dims: Shape];

/** y = a + b or a * b where neither has the shape of y; all of one element type. */
export function broadcast(
  algorithm: "binary_add" | "binary_mul",
  [a, aDims]: StoredTensor,
  [b, bDims]: StoredTensor,
  [y, yDims]: StoredTensor,
): () => void {
  const sizes = channelsLastSizes(yDims);
  const stepsA = steps(aDims);
  const stepsB = steps(bDims);
  const rounded = y instanceof Uint16Array;
  const read = rounded ? fromBf16 : (value: number) => value;
  const write = rounded ? toBf16 : (value: number) => value;
  const sum = algorithm === "binary_add";
  return () => {
    const index = new Array<number>(sizes.length).fill(0);
    let [atA, atB] = [0, 0];
    for (let i = 0; i < y.length; i++) {
      const [p, q] = [read(a[atA]), read(b[atB])];
      y[i] = write(sum ? p + q : p * q);
      for (let axis = sizes.length - 1; axis >= 0; axis--) {
        atA += stepsA[axis];
        atB += stepsB[axis];
        if (++index[axis] < sizes[axis]) break;
        atA -= stepsA[axis] * sizes[axis];
        atB -= stepsB[axis] * sizes[axis];
        index[axis] = 0;
      }
    }
  };
}

/** Elements from one index to the next in the order of memory; 0 on axes that are broadcast. */
function steps(dims: Shape): number[] {
  const sizes = channelsLastSizes(dims);
  let stride = 1;
  return sizes.toReversed().map((size) => {
    const step = size === 1 ? 0 : stride;
    stride *= size;
    return step;
  }).toReversed();
}

/** y = x, repeated along its axes of size 1. */
export function repeat([x, xDims]: StoredTensor, [y, yDims]: StoredTensor): () => void {
  const stretches = stretchesOf(channelsLastSizes(yDims), channelsLastSizes(xDims));
  return () => spread(x, 0, y, 0, y.length, stretches, 0);
}

/** Fills `size` elements of y from those of x. */
function spread(
  x: StoredElements,
  from: number,
  y: StoredElements,
  to: number,
  size: number,
  stretches: readonly Stretch[],
  depth: number,
): void {
  const stretch = stretches[depth];
  if (!stretch || depth === stretches.length - 1 && !stretch.shared) {
    y.fill(x[from], to, to + size);
  } else if (depth === stretches.length - 1) {
    y.set(x.subarray(from, from + size), to);
  } else {
    const part = size / stretch.size;
    const step = stretch.shared ? sharedElements(stretches, depth + 1) : 0;
    for (let i = 0; i < stretch.size; i++) {
      spread(x, from + i * step, y, to + i * part, part, stretches, depth + 1);
    }
  }
}
