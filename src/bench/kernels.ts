/**
 * What runs the steps of a network, in a few lines.
 *
 * @module
 */

import type { KernelRecord } from "../results/mod.ts";

/**
 * Kernels with the number of steps that each runs, the most frequent first, else by name.
 *
 * @example
 * ```ts
 * import { kernelsOf } from "./kernels.ts";
 * import assert from "node:assert/strict";
 * const steps = ["gemm", "jit", "jit"].map((implementation) => ({ implementation }));
 * assert.deepEqual(kernelsOf(steps), [{ name: "jit", steps: 2 }, { name: "gemm", steps: 1 }]);
 * ```
 */
export function kernelsOf(
  steps: readonly { readonly implementation: string }[],
): KernelRecord[] {
  const counts = new Map<string, number>();
  for (const { implementation } of steps) {
    counts.set(implementation, (counts.get(implementation) ?? 0) + 1);
  }
  return [...counts].map(([name, steps]) => ({ name, steps }))
    .sort((a, b) => b.steps - a.steps || (a.name < b.name ? -1 : 1));
}
