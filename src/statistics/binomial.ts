/**
 * How sure a share is that was counted.
 *
 * @module
 */

import { InputError } from "../base/errors.ts";
import type { Interval } from "./bootstrap.ts";

/**
 * The exact interval of a share (Clopper and Pearson 1934): it holds what it promises for any count,
 * none and all among them.
 *
 * @param count how often it was so, from 0
 * @param trials how often it could have been, from 1
 * @throws InputError where they are no such numbers
 *
 * @example
 * ```ts
 * import { exactInterval } from "./binomial.ts";
 * import assert from "node:assert/strict";
 * const { low, high } = exactInterval(0, 60);
 * assert.deepEqual([low, high.toFixed(4)], [0, "0.0596"]);
 * ```
 */
export function exactInterval(count: number, trials: number, level = 0.95): Interval {
  const whole = Number.isInteger(count) && Number.isInteger(trials);
  if (!(whole && trials >= 1 && count >= 0 && count <= trials)) {
    throw new InputError(`${count} of ${trials} is no share that can be counted.`);
  }
  const tail = (1 - level) / 2;
  return {
    // at the lower end as many or more are that rare, at the upper end as few or fewer
    low: count === 0 ? 0 : rootOf((share) => shareUpTo(count - 1, trials, share) - (1 - tail)),
    high: count === trials ? 1 : rootOf((share) => shareUpTo(count, trials, share) - tail),
    level,
  };
}

/** Where a falling function of a share crosses nothing, to the last double. */
function rootOf(falling: (share: number) => number): number {
  let [low, high] = [0, 1];
  for (let middle = 0.5; middle > low && middle < high; middle = (low + high) / 2) {
    if (falling(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Chance of at most some successes. */
function shareUpTo(count: number, trials: number, share: number): number {
  let [log, sum] = [trials * Math.log1p(-share), 0];
  for (let k = 0; k <= count; k++) {
    sum += Math.exp(log);
    log += Math.log((trials - k) / (k + 1)) + Math.log(share) - Math.log1p(-share);
  }
  return Math.min(sum, 1);
}
