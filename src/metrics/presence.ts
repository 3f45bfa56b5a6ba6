/**
 * Whether speaking of a lesion's presence in a slice means anything.
 *
 * @module
 */

import type { Curve } from "./curve_similarity.ts";

/**
 * Why presence, flips and holes mean nothing for a set of scans: where no slice of the truth is
 * without lesion, an all-positive prediction is always right. Null where they do mean something.
 *
 * @param truthAreas area curve of the truth of each scan
 */
export function presenceIsIdle(truthAreas: readonly Curve[]): string | null {
  const lacks = truthAreas.some((areas) => Array.from(areas).some((area) => area === 0));
  return lacks ? null : "no slice of the truth lacks lesion: presence and holes mean nothing";
}
