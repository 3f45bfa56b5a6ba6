/**
 * Times of what is new, for programs that draw them over commits.
 *
 * @module
 */

import type { GateResult } from "../../results/mod.ts";
import { quantile } from "../../statistics/summary.ts";

/** A time. */
export interface NewTime {
  /** Model, scope and clock, with blanks between. */
  readonly name: string;
  /** Seconds: the median over all runs, and both quartiles. */
  readonly seconds: { readonly median: number; readonly low: number; readonly high: number };
}

/** Times of the new program by each clock; none where time was not looked at. */
export function newTimes({ time }: GateResult): NewTime[] {
  return (time?.rows ?? []).map(({ model, scope, clock }) => {
    const samples = time!.blocks.filter((one) => one.model === model)
      .flatMap(({ scopes }) => scopes.filter((one) => one.scope === scope))
      .flatMap(({ runs }) => runs.filter(({ role }) => role === "new"))
      .map((run) => run[clock]!);
    const at = (share: number) => quantile(samples, share);
    const seconds = { median: at(0.5), low: at(0.25), high: at(0.75) };
    return { name: `${model} ${scope} ${clock}`, seconds };
  });
}
