/**
 * What a case of the backend suite is, and how many are made at once.
 *
 * @module
 */

import type { Shape } from "../src/base/shapes.ts";
import type { GraphBuilder } from "../src/graph/builder.ts";
import type { ValueId } from "../src/graph/graph.ts";
import type { WindowAttributes } from "../src/graph/windowed.ts";

/** A net to try. */
export interface Case {
  /** What is unusual about it. */
  readonly name: string;
  /** Builds it and gives its output. */
  readonly build: (b: GraphBuilder) => ValueId;
}

/** A window by axis. */
export function window(
  kernel: number[],
  stride: number[],
  padBefore: number[],
  padAfter: number[],
): WindowAttributes {
  return { kernel, stride, padBefore, padAfter };
}

/** Shapes that a pointwise op may meet: odd sizes, axes of one voxel, batches, few channels. */
export const SHAPES: readonly Shape[] = [
  [1, 1, 1, 1],
  [2, 3, 5, 7],
  [1, 17, 1, 9],
  [3, 5, 3, 1, 4],
  [1, 4, 2, 6, 8],
  [2, 1, 3, 5, 7],
  [1, 32, 4, 4],
];

/** One case a shape. */
export function over(apply: (b: GraphBuilder, x: ValueId) => ValueId, shapes = SHAPES): Case[] {
  return shapes.map((shape) => ({
    name: shape.join("x"),
    build: (b) => apply(b, b.input("x", shape)),
  }));
}

/** So many voxels that to add them up one by one in single precision is not good enough. */
export const MANY_VOXELS: Shape = [1, 2, 32, 128, 128];
