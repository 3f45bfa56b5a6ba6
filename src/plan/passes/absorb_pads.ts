/**
 * Drops zeros around a tensor that one concatenation alone reads, for backends that write both into
 * its channels.
 *
 * @module
 */

import { countUses, type Plan, type Step, type StepOf } from "../plan.ts";

/** A plan whose concatenations put zeros around one of their parts themselves. */
export function absorbPads(plan: Plan): Plan {
  const uses = countUses(plan);
  const absorbed = new Set<Step>();
  const steps = plan.steps.map((step): Step => {
    if (step.op !== "concat") return step;
    const pad = plan.steps.find((other): other is StepOf<"pad"> =>
      other.op === "pad" && other.epilogue.length === 0 && uses[other.output] === 1 &&
      step.inputs.includes(other.output)
    );
    if (!pad) return step;
    absorbed.add(pad);
    const { output: whole, inputs: [part], attributes: { before } } = pad;
    return { ...step, padded: { whole, part, before } };
  });
  return { ...plan, steps: steps.filter((step) => !absorbed.has(step)) };
}
