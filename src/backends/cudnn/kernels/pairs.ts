/**
 * Pairs of ops that read the same tensor, done in one pass over it.
 *
 * @module
 */

import { isPair, type OpPair, type Step } from "../../../plan/mod.ts";
import { channelMeanAndMax } from "./channel_ops.ts";
import type { Emitter } from "./emitter.ts";
import { globalMeanAndMax } from "./reductions.ts";

/** Emits both steps of a pair: the first, then the second. */
type LowerPair = (first: Step, second: Step, emitter: Emitter) => void;

/** The first op, the second, and what does both. */
const LOWERED: readonly (readonly [...OpPair, LowerPair])[] = [
  ["global_avg_pool", "global_max_pool", globalMeanAndMax],
  ["channel_mean", "channel_max", channelMeanAndMax],
];

/** The pairs. */
export const PAIRS: readonly OpPair[] = LOWERED.map(([first, second]) => [first, second]);

/** What does two steps at once; undefined where they are no pair, or one of them is missing. */
export function pairOf(first: Step | undefined, second: Step | undefined): LowerPair | undefined {
  if (!first || !second) return undefined;
  const found = LOWERED.find(([one, other]) => isPair([[one, other]], first, second));
  return found?.[2];
}
