/**
 * Brings steps together that read the same value, for backends that do both in one pass over memory.
 *
 * @module
 */

import type { OpName } from "../../graph/ops/mod.ts";
import { type Plan, reads, type Step } from "../plan.ts";

/** Two ops of which a backend does the second together with the first. */
export type OpPair = readonly [OpName, OpName];

/** Whether two steps are such a pair: they read one value, the same, and nothing is fused to them. */
export function isPair(pairs: readonly OpPair[], first: Step, second: Step): boolean {
  const [x, ...others] = [...reads(first), ...reads(second)];
  const alone = first.epilogue.length + second.epilogue.length === 0;
  return alone && others.length === 1 && others[0] === x &&
    pairs.some(([one, other]) => one === first.op && other === second.op);
}

/**
 * A plan in which the second step of each pair follows the first at once. What it reads is there by
 * then, for the first one reads the same.
 */
export function gatherReaders(plan: Plan, pairs: readonly OpPair[]): Plan {
  const left = new Set(plan.steps);
  const steps: Step[] = [];
  for (const step of plan.steps) {
    if (!left.delete(step)) continue;
    steps.push(step);
    const second = [...left].find((other) => isPair(pairs, step, other));
    if (second === undefined) continue;
    left.delete(second);
    steps.push(second);
  }
  return { ...plan, steps };
}
