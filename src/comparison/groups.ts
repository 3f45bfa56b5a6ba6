/**
 * Several results in groups of which each may be compared.
 *
 * @module
 */

import type { Comparison, RunResult } from "../results/mod.ts";
import { compareResults } from "./compare_results.ts";
import { factorOf, obstacles } from "./obstacles.ts";
import { matchModels } from "./sides.ts";

/** Results that may be compared, and their comparison. */
export interface ComparedGroup {
  /** Places of the results, from 0; the base first. */
  readonly places: readonly number[];
  /** Their comparison. */
  readonly comparison: Comparison;
}

/** A result that may be compared with no other one. */
export interface LoneResult {
  /** Its place, from 0. */
  readonly place: number;
  /** Place of the result that it is nearest to, by the number of reasons. */
  readonly nearest: number;
  /** Why it may not be compared with that one. */
  readonly reasons: readonly string[];
}

/** Several results, in groups. */
export interface Grouped {
  /** Groups of two results or more. */
  readonly groups: readonly ComparedGroup[];
  /** Results outside of every group; empty for a single one. */
  readonly alone: readonly LoneResult[];
}

/**
 * Puts each result into the first group in which it may be compared with all others, and compares
 * within each group. What a group is compared by is the one thing in which its results differ.
 *
 * @param results in the order of telling; the first of a group is its base
 */
export function groupResults(results: readonly RunResult[]): Grouped {
  const groups: number[][] = [];
  results.forEach((_, place) => {
    const group = groups.find((one) => reasonsAgainst(results, [...one, place]).length === 0);
    if (group) group.push(place);
    else groups.push([place]);
  });
  const single = groups.filter(({ length }) => length === 1).map(([place]) => place);
  return {
    groups: groups.filter(({ length }) => length > 1).map((places) => ({
      places,
      comparison: compareResults(places.map((place) => results[place])),
    })),
    alone: single.flatMap((place) => {
      const [found] = results.map((_, nearest) => nearest).filter((nearest) => nearest !== place)
        .map((nearest) => ({
          place,
          nearest,
          reasons: reasonsAgainst(results, [Math.min(place, nearest), Math.max(place, nearest)]),
        }))
        // the sort is stable: of several that are as near, the first one
        .sort((a, b) => a.reasons.length - b.reasons.length);
      return found ? [found] : [];
    }),
  };
}

/** Why the results of these places may not be compared. */
function reasonsAgainst(results: readonly RunResult[], places: readonly number[]): string[] {
  const chosen = places.map((place) => results[place]);
  const by = factorOf(chosen);
  return obstacles(chosen, by, matchModels(chosen, by).matched);
}
