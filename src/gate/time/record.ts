/**
 * What the time layer found, as results have it.
 *
 * @module
 */

import type { GateTime, GateTimeRow } from "../../results/mod.ts";
import type { TimedRow } from "./rounds.ts";
import type { TimeOutcome } from "./run_time.ts";

/** The record of an outcome: ratios instead of logarithms, and null where there is no number. */
export function gateTime({ rows, blocks, ...outcome }: TimeOutcome): GateTime {
  const { verdict, reason, advice, planned } = outcome;
  return {
    verdict,
    reason,
    advice,
    planned,
    rows: rows.map(rowRecord),
    blocks: blocks.map(({ model, confirming, activity, scopes }) => ({
      model,
      confirming,
      others: activity?.others ?? null,
      scopes,
    })),
  };
}

function rowRecord({ estimate, low, high, noise, hopeless: _, ...row }: TimedRow): GateTimeRow {
  return {
    ...row,
    ratio: Math.exp(estimate),
    low: Math.exp(low),
    // JSON has no infinity
    high: Number.isFinite(high) ? Math.exp(high) : null,
    noise: Number.isFinite(noise) ? noise : null,
  };
}
