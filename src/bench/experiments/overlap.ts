/**
 * `overlap`: §5.5 and Fig. 10-14 of the paper. Models trained on stacks of different overlap, each
 * run with different overlaps; the paper ran all without.
 *
 * @module
 */

import type { OverlapExperiment, Refused } from "../../results/mod.ts";
import { PAPER_OVERLAP } from "../../results/paper.ts";
import { pooledDice } from "./dice.ts";
import {
  refused,
  type RunFacts,
  scoredCases,
  scoredScans,
  scoredSplits,
  truthObstacle,
} from "./facts.ts";
import { meanRecords } from "./means.ts";

/** Measures of a combination: overlap, area-plots, continuity and seams. */
const MEASURES =
  /^(dice|precision|recall|volume_error|hd95|area_|total_variation_|roughness_|flip_rate_|holes_|adjacent_dice_|seam_index_)/;

/** Dice, area-plots, continuity and seams of every combination of overlaps. */
export function overlap(facts: RunFacts): OverlapExperiment | Refused {
  const obstacle = truthObstacle(facts);
  if (obstacle) return refused(obstacle);
  if (facts.combinations.length === 0) {
    return refused("the suite names no models that were trained at several overlaps");
  }
  const cases = scoredCases(facts);
  return {
    status: "done",
    paper: PAPER_OVERLAP,
    splits: scoredSplits(facts),
    combinations: facts.combinations.map((combination) => {
      const scans = scoredScans(facts, combination.model, cases);
      return {
        ...combination,
        pooled: pooledDice(scans),
        means: meanRecords(scans, MEASURES, facts),
      };
    }),
  };
}
