/**
 * Voxels taken off a tensor, row by row of channels-last elements.
 *
 * @module
 */

import type { StoredTensor } from "./broadcast.ts";

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
