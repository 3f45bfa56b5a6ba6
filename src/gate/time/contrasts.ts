/**
 * What a block says in one number: by how much the new program takes longer, and by how much the
 * base takes longer than itself.
 *
 * @module
 */

import type { RunSeconds } from "../../bench/timing_session.ts";
import { median } from "../../statistics/summary.ts";
import type { BlockRun } from "./block.ts";
import { type Role, ROLES } from "./roles.ts";

/** The clocks of a run. */
export const CLOCKS = ["processor", "elapsed"] as const satisfies readonly (keyof RunSeconds)[];

/** One of them. */
export type GateClock = typeof CLOCKS[number];

/** A block by one clock. */
export interface Contrasts {
  /** Logarithm of new by base, where the base is the geometric mean of both of its processes. */
  readonly effect: number;
  /** Logarithm of twin by base: noise alone. */
  readonly twin: number;
}

/**
 * The contrasts of a block: each is the median over its cycles, whose three runs are neighbours.
 *
 * The two have no noise in common, since what base and twin differ by is none of their mean.
 *
 * @param runs three a cycle, one of each role
 * @returns null where the clock did not tell
 *
 * @example
 * ```ts
 * import { contrasts } from "./contrasts.ts";
 * import assert from "node:assert/strict";
 * const run = (role: "base" | "twin" | "new", elapsed: number) => ({ role, elapsed, processor: null });
 * const runs = [run("new", 2), run("base", 1), run("twin", 1)];
 * assert.deepEqual(contrasts(runs, "elapsed"), { effect: Math.log(2), twin: 0 });
 * assert.equal(contrasts(runs, "processor"), null);
 * ```
 */
export function contrasts(runs: readonly BlockRun[], clock: GateClock): Contrasts | null {
  const [effects, twins]: [number[], number[]] = [[], []];
  for (let at = 0; at < runs.length; at += ROLES.length) {
    const logs: Partial<Record<Role, number>> = {};
    for (const run of runs.slice(at, at + ROLES.length)) {
      const seconds = run[clock];
      if (seconds === null || !(seconds > 0)) return null;
      logs[run.role] = Math.log(seconds);
    }
    const { base, twin, new: other } = logs;
    if (base === undefined || twin === undefined || other === undefined) return null;
    effects.push(other - (base + twin) / 2);
    twins.push(twin - base);
  }
  return effects.length === 0 ? null : { effect: median(effects), twin: median(twins) };
}
