/**
 * Random order.
 *
 * @module
 */

import type { Random } from "./random.ts";

/**
 * Some items in random order (Fisher-Yates).
 *
 * @example
 * ```ts
 * import { random } from "./random.ts";
 * import { shuffled } from "./shuffled.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(shuffled([1, 2, 3], random(1, "order")).toSorted(), [1, 2, 3]);
 * ```
 */
export function shuffled<T>(items: Iterable<T>, draw: Random): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = draw.integer(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
