/**
 * The arithmetic of ops that slide a window: convolution, transposed convolution, pooling.
 *
 * @module
 */

/** A sliding window, one entry a spatial axis. */
export interface WindowAttributes {
  /** Sizes of the window. */
  readonly kernel: readonly number[];
  /** Steps of the window. */
  readonly stride: readonly number[];
  /** Padding before the first element; cropping of the output in a transposed convolution. */
  readonly padBefore: readonly number[];
  /** Padding after the last element; cropping of the output in a transposed convolution. */
  readonly padAfter: readonly number[];
}

/** Positions of a window over `size` elements, padding included. */
export function windowPositions(size: number, axis: number, window: WindowAttributes): number {
  const padded = size + window.padBefore[axis] + window.padAfter[axis];
  return Math.floor((padded - window.kernel[axis]) / window.stride[axis]) + 1;
}

/** Output size of a transposed window: what its forward window would read, less the cropping. */
export function transposedSize(size: number, axis: number, window: WindowAttributes): number {
  return (size - 1) * window.stride[axis] + window.kernel[axis] -
    window.padBefore[axis] - window.padAfter[axis];
}

/**
 * Pairs of (window position, tap) whose tap falls inside `size` elements, on one axis. Padding is
 * not work: otherwise a roofline passes 100 %.
 *
 * @param size elements of the padded (or cropped) side
 * @param positions window positions on the other side
 *
 * @example
 * ```ts
 * import { tapsInside, uniformWindow } from "./windowed.ts";
 * import assert from "node:assert/strict";
 * assert.equal(tapsInside(5, 5, 0, uniformWindow(1, 3, 1, 1)), 3 * 5 - 2);
 * // as fast for sides that no memory holds
 * assert.equal(tapsInside(1e12, 1e12, 0, uniformWindow(1, 3, 1, 1)), 3e12 - 2);
 * ```
 */
export function tapsInside(
  size: number,
  positions: number,
  axis: number,
  window: WindowAttributes,
): number {
  const [stride, before] = [window.stride[axis], window.padBefore[axis]];
  let taps = 0;
  // tap by tap: sides of a stranger's suite may be long, windows are not
  for (let tap = 0; tap < window.kernel[axis]; tap++) {
    const first = Math.max(0, Math.ceil((before - tap) / stride));
    const end = Math.min(positions, Math.ceil((size + before - tap) / stride));
    taps += Math.max(end - first, 0);
  }
  return taps;
}

/** Every axis the same. */
export function uniformWindow(
  axes: number,
  kernel: number,
  stride = 1,
  pad = 0,
): WindowAttributes {
  const all = (value: number) => new Array<number>(axes).fill(value);
  return { kernel: all(kernel), stride: all(stride), padBefore: all(pad), padAfter: all(pad) };
}
