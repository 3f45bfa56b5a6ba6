/**
 * How the reference kernels see a tensor: channels-last numbers with five named sizes.
 *
 * @module
 */

import type { Shape } from "../../base/shapes.ts";

/** Numbers of the reference backend. */
export type Numbers = Float32Array | Float64Array;

/** A tensor in channels-last memory; 2-D tensors have depth 1. */
export interface Field {
  /** Index (((n * D + d) * H + h) * W + w) * C + c. */
  readonly data: Numbers;
  /** Samples. */
  readonly N: number;
  /** Channels. */
  readonly C: number;
  /** Depth. */
  readonly D: number;
  /** Height. */
  readonly H: number;
  /** Width. */
  readonly W: number;
}

/** Sees numbers as a tensor of a logical shape N, C, (D,) H, W. */
export function field(data: Numbers, [N, C, ...spatial]: Shape): Field {
  const [D, H, W] = threeAxes(spatial, 1);
  return { data, N, C, D, H, W };
}

/** Depth, height and width of one or more spatial sizes; `missing` stands for the absent ones. */
export function threeAxes(sizes: readonly number[], missing: number): [number, number, number] {
  const all = [missing, missing, missing, ...sizes].slice(-3);
  return [all[0], all[1], all[2]];
}

/** Voxels of a field: all positions, samples included. */
export function voxels({ N, D, H, W }: Field): number {
  return N * D * H * W;
}
