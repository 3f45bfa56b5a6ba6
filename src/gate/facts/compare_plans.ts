/**
 * Two plans of one model compared, without any clock.
 *
 * @module
 */

import type { PlanFacts, StepFacts } from "../../bench/plan_facts.ts";
import type { FactDifference } from "../../results/mod.ts";
import { aligned } from "./aligned.ts";

/** A difference, and whether it makes the new program worse as far as can be told. */
export interface Difference extends Omit<FactDifference, "verdict" | "model"> {
  /** Whether it fails the gate unless it is allowed. */
  readonly worse: boolean;
}

/**
 * How the plan of what is new differs from that of the base.
 *
 * More work, more memory, more steps and another kernel are worse unless somebody allows them; less
 * of them is only told. Names of steps do not count: whoever renames a node changes nothing.
 */
export function comparePlans(base: PlanFacts, other: PlanFacts): Difference[] {
  return [
    ...compareSteps(base.steps, other.steps),
    ...compareAmounts(base, other),
    ...changed("weights", "SHA-256 of the weights", base.weightsSha256, other.weightsSha256, false),
    ...changed("threads", "threads", String(base.threads), String(other.threads), true),
    ...compareLibraries(base.libraries, other.libraries),
  ];
}

/** What a step computes, whatever it is called. */
const kindOf = ({ ops, output }: StepFacts) => `${ops.join(" + ")} -> ${output}`;

function compareSteps(base: readonly StepFacts[], other: readonly StepFacts[]): Difference[] {
  const found: Difference[] = [];
  for (const [before, after] of aligned(base, other, kindOf)) {
    if (before === null) {
      const { step, index } = after!;
      found.push({
        kind: "steps",
        what: `step ${index + 1} (${step.name})`,
        base: null,
        new: kindOf(step),
        worse: true,
      });
    } else if (after === null) {
      const { step, index } = before;
      found.push({
        kind: "steps",
        what: `step ${index + 1} (${step.name})`,
        base: kindOf(step),
        new: null,
        // fewer steps alone are no harm: what replaced them shows as a new one
        worse: false,
      });
    } else {
      found.push(
        ...changed(
          "kernels",
          `step ${after.index + 1} (${after.step.name}: ${kindOf(after.step)})`,
          before.step.implementation,
          after.step.implementation,
          true,
        ),
      );
    }
  }
  return found;
}

function compareAmounts(base: PlanFacts, other: PlanFacts): Difference[] {
  const sum = (steps: readonly StepFacts[], what: "flops" | "bytes") =>
    steps.reduce((all, step) => all + step[what], 0);
  return [
    ...grown(
      "work",
      "floating-point operations",
      sum(base.steps, "flops"),
      sum(other.steps, "flops"),
    ),
    ...grown(
      "work",
      "bytes to and from memory",
      sum(base.steps, "bytes"),
      sum(other.steps, "bytes"),
    ),
    ...grown("memory", "bytes of activations", base.memory.arena, other.memory.arena),
    ...grown("memory", "bytes of packed weights", base.memory.weights, other.memory.weights),
    ...grown("memory", "bytes of scratch space", base.memory.scratch, other.memory.scratch),
    ...grown("parameters", "trainable parameters", base.parameters, other.parameters),
  ];
}

function compareLibraries(
  base: PlanFacts["libraries"],
  other: PlanFacts["libraries"],
): Difference[] {
  return [...new Set([...Object.keys(base), ...Object.keys(other)])].sort().flatMap((name) =>
    changed("libraries", name, base[name] ?? null, other[name] ?? null, false)
  );
}

/** A fact that has no better or worse. */
export function changed(
  kind: Difference["kind"],
  what: string,
  base: string | null,
  other: string | null,
  worse: boolean,
): Difference[] {
  return base === other ? [] : [{ kind, what, base, new: other, worse }];
}

/** An amount of which more is worse. */
export function grown(
  kind: Difference["kind"],
  what: string,
  base: number,
  other: number,
): Difference[] {
  return base === other
    ? []
    : [{ kind, what, base: String(base), new: String(other), worse: other > base }];
}
