/**
 * Drops steps and parameters that nothing reads.
 *
 * @module
 */

import { type Plan, reads, type Step } from "../plan.ts";

/** A plan without what nothing reads. */
export function dropDeadCode(plan: Plan): Plan {
  const live = new Set(plan.outputs);
  const steps: Step[] = [];
  for (const step of plan.steps.toReversed()) {
    if (!live.has(step.output)) continue;
    steps.unshift(step);
    for (const id of reads(step)) live.add(id);
  }
  return { ...plan, steps, parameters: plan.parameters.filter(({ value }) => live.has(value)) };
}
