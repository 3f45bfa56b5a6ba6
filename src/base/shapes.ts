/**
 * Shapes of tensors, written N, C, (D,) H, W.
 *
 * @module
 */

/** Sizes of the axes of a tensor, outermost first. */
export type Shape = readonly number[];

/**
 * Number of elements of a shape; 1 for a scalar.
 *
 * @example
 * ```ts
 * import { elements } from "./shapes.ts";
 * import assert from "node:assert/strict";
 * assert.equal(elements([2, 3, 4]), 24);
 * ```
 */
export function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/**
 * A shape as text.
 *
 * @example
 * ```ts
 * import { formatShape } from "./shapes.ts";
 * import assert from "node:assert/strict";
 * assert.equal(formatShape([32, 512, 512]), "32x512x512");
 * ```
 */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? "scalar" : shape.join("x");
}

/**
 * Where an element of a tensor stands, one index an axis, the last axis running fastest.
 *
 * @example
 * ```ts
 * import { formatPlace } from "./shapes.ts";
 * import assert from "node:assert/strict";
 * assert.equal(formatPlace(5, [2, 4]), "[1, 1]");
 * ```
 */
export function formatPlace(index: number, shape: Shape): string {
  const indices: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${indices.join(", ")}]`;
}
