/**
 * By what a gate judges unless told otherwise.
 *
 * @module
 */

import type { Rule } from "./judge.ts";

/** A slow-down of this share is not tolerated. */
export const TOLERATED = 0.05;

/** An estimate below this share is never called slower: what neither harms nor can be told apart. */
export const FLOOR = 0.02;

/** The rule of a slow-down that is not tolerated. */
export function ruleOf(tolerated: number): Rule {
  return {
    alpha: 0.01,
    missed: 0.05,
    tolerated: Math.log1p(tolerated),
    floor: Math.log1p(Math.min(FLOOR, tolerated / 2)),
  };
}

/** The rule unless told otherwise. */
export const DEFAULT_RULE: Rule = ruleOf(TOLERATED);

/** Most rounds: where these do not do, more of the same hardly will. */
export const MOST_ROUNDS = 40;

/** Cycles of a block: all orders of its three processes, four times. */
export const CYCLES = 24;

/** Cycles of a block where time is short: all orders once. */
export const FEWEST_CYCLES = 6;

/** Runs of each process of a block before the first that counts. */
export const WARMUP = 2;

/** Minutes unless told otherwise. */
export const BUDGET_MINUTES = 10;
