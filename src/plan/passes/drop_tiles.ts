/**
 * Drops a repetition of one channel whose only readers are sums, which broadcast it themselves.
 *
 * @module
 */

import { sameShape } from "../../base/shapes.ts";
import type { Plan, Step } from "../plan.ts";

/** A plan without tiles that feed sums only. */
export function dropTiles(plan: Plan): Plan {
  const source = new Map<number, number>();
  for (const step of plan.steps) {
    if (step.op !== "tile" || plan.values[step.inputs[0]].shape[1] !== 1) continue;
    const readers = plan.steps.filter(({ inputs }) => inputs.includes(step.output));
    const broadcasts = (reader: Step) =>
      reader.op === "add" &&
      reader.inputs.some((id) =>
        id !== step.output && sameShape(plan.values[id].shape, plan.values[step.output].shape)
      );
    if (!plan.outputs.includes(step.output) && readers.every(broadcasts)) {
      source.set(step.output, step.inputs[0]);
    }
  }
  const steps = plan.steps
    .filter(({ output }) => !source.has(output))
    .map((step): Step => ({ ...step, inputs: step.inputs.map((id) => source.get(id) ?? id) }));
  return { ...plan, steps };
}
