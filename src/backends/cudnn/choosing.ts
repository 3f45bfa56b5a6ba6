/**
 * Which graph of a step is run.
 *
 * @module
 */

import type { Proposal } from "./convolutions.ts";
import type { EngineKind, Engines, ExecutionPlan } from "./engines.ts";

/** A graph and the plan that was made of it. */
export interface Chosen {
  /** The graph, and what of the step it does. */
  readonly proposal: Proposal;
  /** The plan. */
  readonly plan: ExecutionPlan;
  /** Whether its engine was ready. */
  readonly kind: EngineKind;
}

/**
 * The graph that does most with an engine that is ready; else the bare op with one that is compiled
 * for it; undefined where there is none.
 *
 * @param proposals those that do more first, the bare op last
 * @param context name of the step, to be named in an error
 */
export function choose(
  engines: Engines,
  proposals: readonly Proposal[],
  context: string,
): Chosen | undefined {
  const attempts: (readonly [Proposal, EngineKind])[] = [
    ...proposals.map((one) => [one, "precompiled"] as const),
    [proposals[proposals.length - 1], "any"],
  ];
  for (const [proposal, kind] of attempts) {
    const plan = engines.find(proposal.spec, kind, context);
    if (plan) return { proposal, plan, kind };
  }
  return undefined;
}
