/**
 * What the library has no fast primitive for, as plain loops over channels-last elements.
 *
 * @module
 */

import type { Shape } from "../../base/shapes.ts";
import { fromBf16, toBf16 } from "../../tensor/tensor.ts";
import type { DataType } from "./constants.ts";

/** Elements in the arena: single precision, or the bits of bf16. */
export type StoredElements = Float32Array | Uint16Array;

/** Elements with their logical shape. */
export type StoredTensor = readonly [data: StoredElements, dims: Shape];

/** y = a + b or a * b where neither has the shape of y. */
export function broadcast(
  algorithm: "binary_add" | "binary_mul",
  type: DataType,
  [a, aDims]: StoredTensor,
  [b, bDims]: StoredTensor,
  [y, yDims]: StoredTensor,
): () => void {
  const sizes = channelsLastSizes(yDims);
  const stepsA = steps(aDims);
  const stepsB = steps(bDims);
  const read = type === "bf16" ? fromBf16 : (value: number) => value;
  const write = type === "bf16" ? toBf16 : (value: number) => value;
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

/** y = x with zeros around its voxels. */
export function padRows(
  x: StoredElements,
  xDims: Shape,
  y: StoredElements,
  yDims: Shape,
  before: readonly number[],
): () => void {
  const [N, C, ...outer] = yDims;
  const row = xDims[xDims.length - 1] * C;
  const width = outer[outer.length - 1] * C;
  const left = before[before.length - 1] * C;
  const rows = outer.slice(0, -1);
  const inside = xDims.slice(2, -1);
  const total = rows.reduce((product, size) => product * size, N);
  return () => {
    let from = 0;
    for (let line = 0; line < total; line++) {
      const start = line * width;
      let rest = line;
      let within = true;
      for (let axis = rows.length - 1; axis >= 0; axis--) {
        const at = rest % rows[axis] - before[axis];
        rest = Math.floor(rest / rows[axis]);
        within &&= at >= 0 && at < inside[axis];
      }
      if (!within) {
        y.fill(0, start, start + width);
        continue;
      }
      y.fill(0, start, start + left);
      y.set(x.subarray(from, from + row), start + left);
      y.fill(0, start + left + row, start + width);
      from += row;
    }
  };
}

/**
 * Joins means and population variances of equal parts: those of part p and channel c stand at
 * p * channels + c, and are replaced by those of the whole.
 */
export function poolStatistics(
  mean: Float32Array,
  variance: Float32Array,
  channels: number,
): () => void {
  const parts = mean.length / channels;
  return () => {
    for (let c = 0; c < channels; c++) {
      let [centre, spread] = [0, 0];
      for (let i = c; i < mean.length; i += channels) centre += mean[i] / parts;
      for (let i = c; i < mean.length; i += channels) {
        spread += (variance[i] + (mean[i] - centre) ** 2) / parts;
      }
      for (let i = c; i < mean.length; i += channels) {
        mean[i] = centre;
        variance[i] = spread;
      }
    }
  };
}

/** y = x without its outermost voxels. */
export function cropRows(
  x: StoredElements,
  xDims: Shape,
  y: StoredElements,
  yDims: Shape,
  before: readonly number[],
): () => void {
  const [N, C, ...inner] = yDims;
  const outer = xDims.slice(2);
  const row = inner[inner.length - 1] * C;
  const rows = y.length / row / N;
  return () => {
    for (let n = 0, to = 0; n < N; n++) {
      for (let line = 0; line < rows; line++, to += row) {
        let [rest, from, stride] = [
          line,
          before[before.length - 1] * C,
          outer[outer.length - 1] * C,
        ];
        for (let axis = inner.length - 2; axis >= 0; axis--) {
          from += (rest % inner[axis] + before[axis]) * stride;
          rest = Math.floor(rest / inner[axis]);
          stride *= outer[axis];
        }
        from += n * stride;
        y.set(x.subarray(from, from + row), to);
      }
    }
  };
}

/** y = x, repeated along its axes of size 1. */
export function repeat([x, xDims]: StoredTensor, [y, yDims]: StoredTensor): () => void {
  const stretches = stretchesOf(channelsLastSizes(yDims), channelsLastSizes(xDims));
  return () => spread(x, 0, y, 0, y.length, stretches, 0);
}

/** Neighbouring axes of a tensor of which another has all, or none. */
export interface Stretch {
  /** Elements along it. */
  size: number;
  /** Whether the other tensor has it too. */
  readonly shared: boolean;
}

/** The axes of a tensor, joined where they are alike; sizes in the order of memory. */
export function stretchesOf(sizes: readonly number[], others: readonly number[]): Stretch[] {
  const stretches: Stretch[] = [];
  sizes.forEach((size, axis) => {
    if (size === 1) return;
    const shared = others[axis] !== 1;
    const last = stretches.at(-1);
    if (last?.shared === shared) last.size *= size;
    else stretches.push({ size, shared });
  });
  return stretches;
}

/** Elements of what a tensor shares with another, from one of its stretches on. */
export function sharedElements(stretches: readonly Stretch[], depth: number): number {
  return stretches.slice(depth)
    .reduce((product, { size, shared }) => product * (shared ? size : 1), 1);
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

/** Sizes in the order of memory: N, (D,) H, W, C. */
export function channelsLastSizes([n, c, ...rest]: Shape): number[] {
  return [n, ...rest, c];
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
