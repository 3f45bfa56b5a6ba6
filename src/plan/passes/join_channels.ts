/**
 * Drops concatenations of two tensors that one step alone reads, for backends whose kernels read
 * both where they are.
 *
 * @module
 */

import { sameShape } from "../../base/shapes.ts";
import type { ValueId } from "../../graph/graph.ts";
import { type Plan, reads, type Step } from "../plan.ts";

/** Whether a backend takes the first input of a step as the channels of two tensors. */
export type Joins = (reader: Step) => boolean;

/** A plan whose steps read the parts of what nothing else reads as a whole. */
export function joinChannels(plan: Plan, joins: Joins): Plan {
  const steps = [...plan.steps];
  for (const step of plan.steps) {
    const [first, second, ...more] = step.inputs;
    if (step.op !== "concat" || second === undefined || more.length > 0) continue;
    // one that reads parts itself stays a step
    if (!steps.includes(step)) continue;
    const whole = step.output;
    if (step.epilogue.length > 0 || step.padded || plan.outputs.includes(whole)) continue;
    const [reader, ...others] = steps.filter((other) => reads(other).includes(whole));
    if (!reader || others.length > 0 || !takes(plan, reader, whole) || !joins(reader)) continue;
    steps[steps.indexOf(reader)] = { ...reader, joined: { whole, parts: [first, second] } };
    steps.splice(steps.indexOf(step), 1);
  }
  return { ...plan, steps };
}

/** Whether a step reads a value first, and what is fused to it reads it as large as its result. */
function takes({ values }: Plan, { inputs, epilogue, output, joined }: Step, id: ValueId): boolean {
  const isWhole = sameShape(values[id].shape, values[output].shape);
  return joined === undefined && inputs.lastIndexOf(id) === 0 &&
    epilogue.every(({ operands }) => isWhole || !operands.includes(id));
}
