/**
 * The axes of a tensor in the order of memory, as another of size 1 on some of them sees them.
 *
 * @module
 */

import type { Shape } from "../../../base/shapes.ts";

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

/** Sizes in the order of memory: N, (D,) H, W, C. */
export function channelsLastSizes([n, c, ...rest]: Shape): number[] {
  return [n, ...rest, c];
}
