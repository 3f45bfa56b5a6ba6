/**
 * Channels-last memory: what kernels and engines are told of a tensor's order.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";

/** Strides of dense channels-last memory for sizes in logical order. */
export function channelsLastStrides(dims: Shape): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (const axis of [1, ...dims.map((_, axis) => axis).slice(2).reverse(), 0]) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  return strides;
}

/** Numbers by spatial axis (D,) H, W as D, H, W, with `missing` for an axis that is not there. */
export function threeAxes(spatial: readonly number[], missing: number): number[] {
  return [missing, missing, missing, ...spatial].slice(-3);
}

/** Numbers by axis N, C, (D,) H, W as N, D, H, W, C, with `missing` for an axis that is not there. */
export function kernelOrder([n, c, ...spatial]: readonly number[], missing: number): number[] {
  return [n, ...threeAxes(spatial, missing), c];
}
