/**
 * Fuses pointwise ops into the step whose result they read, so that memory is touched once.
 *
 * @module
 */

import { sameShape } from "../../base/shapes.ts";
import {
  countUses,
  type FusedOp,
  type Plan,
  POINTWISE,
  type PointwiseName,
  type Step,
  type StepOf,
} from "../plan.ts";

/** Whether a backend can apply `next` to the result of `step` before it is stored. */
export type Fuses = (step: Step, next: FusedOp, plan: Plan) => boolean;

/** A plan in which pointwise ops are fused into the steps before them, where the backend can. */
export function fuseEpilogues(plan: Plan, fuses: Fuses): Plan {
  const uses = countUses(plan);
  const steps: Step[] = [];
  for (const step of plan.steps) {
    const fused = isPointwise(step) ? fuse(plan, steps, step, uses, fuses) : undefined;
    if (!fused) {
      steps.push(step);
      continue;
    }
    // The producer moves down to its reader: everything that it reads is there already, and
    // nothing in between reads what it makes.
    steps.splice(steps.indexOf(fused.producer), 1);
    steps.push(fused.result);
  }
  return { ...plan, steps };
}

function fuse(
  plan: Plan,
  steps: readonly Step[],
  step: StepOf<PointwiseName>,
  uses: readonly number[],
  fuses: Fuses,
): { producer: Step; result: Step } | undefined {
  const commutes = step.op === "add" || step.op === "mul";
  // The latest producer first: it is the heavier one in a residual sum.
  const candidates = steps.filter(({ output }) =>
    output === step.inputs[0] || (commutes && output === step.inputs[1])
  ).reverse();
  for (const producer of candidates) {
    const whole = sameShape(plan.values[producer.output].shape, plan.values[step.output].shape);
    if (uses[producer.output] !== 1 || !whole) continue;
    const operands = step.inputs.filter((id) => id !== producer.output);
    const { name, op, attributes } = step;
    const next = { name, op, attributes, operands } as FusedOp;
    if (!fuses(producer, next, plan)) continue;
    const epilogue = [...producer.epilogue, next, ...step.epilogue];
    return { producer, result: { ...producer, epilogue, output: step.output } };
  }
  return undefined;
}

function isPointwise(step: Step): step is { [K in PointwiseName]: StepOf<K> }[PointwiseName] {
  return (POINTWISE as readonly string[]).includes(step.op);
}
