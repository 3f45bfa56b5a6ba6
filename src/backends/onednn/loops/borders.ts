/**
 * Voxels put around a tensor or taken off it, row by row of channels-last elements.
 *
 * @module
 */

import { elements, type Shape } from "../../../base/shapes.ts";
import type { StoredTensor } from "./broadcast.ts";

/** Zeros around the voxels of y of which x has some, where they begin. */
export function zeroBorders(
  [y, yDims]: StoredTensor,
  xDims: Shape,
  before: readonly number[],
): () => void {
  const [N, C, ...outer] = yDims;
  const row = xDims[xDims.length - 1] * C;
  const width = outer[outer.length - 1] * C;
  const left = before[before.length - 1] * C;
  const rows = outer.slice(0, -1);
  const inside = xDims.slice(2, -1);
  const total = N * elements(rows);
  return () => {
    for (let line = 0; line < total; line++) {
      const start = line * width;
      let rest = line;
      let within = true;
      for (let axis = rows.length - 1; axis >= 0; axis--) {
        const at = rest % rows[axis] - before[axis];
        rest = Math.floor(rest / rows[axis]);
        within &&= at >= 0 && at < inside[axis];
      }
      if (within) {
        y.fill(0, start, start + left);
        y.fill(0, start + left + row, start + width);
      } else {
        y.fill(0, start, start + width);
      }
    }
  };
}

/** y = x without its outermost voxels. */
export function cropRows(
  [x, xDims]: StoredTensor,
  [y, yDims]: StoredTensor,
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
