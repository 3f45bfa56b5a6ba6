/**
 * What may not be measured of a scan, given what is wrong with it.
 *
 * @module
 */

import type { Caveat } from "../datasets/mod.ts";
import type { MeasuredValue } from "../results/mod.ts";

/** Measures that each caveat takes the meaning from, and why. */
const FORBIDDEN: Readonly<Record<Caveat, { readonly names: RegExp; readonly reason: string }>> = {
  "unknown-spacing": {
    names: /^(hd95|surface_dice)/,
    reason: "the true spacing is not known",
  },
  gaps: {
    names:
      /^(hd95|surface_dice|area_|total_variation_|roughness_|flip_rate_|holes_|adjacent_dice_|seam_index_)/,
    reason: "slices are missing in between",
  },
  "positive-slices-only": {
    names: /^(flip_rate_|holes_)/,
    reason: "slices without lesion were left out",
  },
};

/**
 * The measures of a scan without those that its caveats take the meaning from.
 *
 * @example
 * ```ts
 * import { withCaveats } from "./caveats.ts";
 * import assert from "node:assert/strict";
 * const measured = withCaveats({ dice: { value: 0.5 }, hd95: { value: 3 } }, ["unknown-spacing"]);
 * assert.deepEqual(measured, {
 *   dice: { value: 0.5 },
 *   hd95: { value: null, reason: "the true spacing is not known" },
 * });
 * ```
 */
export function withCaveats(
  measures: Readonly<Record<string, MeasuredValue>>,
  caveats: readonly Caveat[],
): Record<string, MeasuredValue> {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]) => {
      const caveat = caveats.find((one) => FORBIDDEN[one].names.test(name));
      return [name, caveat ? { value: null, reason: FORBIDDEN[caveat].reason } : value];
    }),
  );
}

/** Whether areas of neighbouring slices can be compared. */
export function isContiguous(caveats: readonly Caveat[] = []): boolean {
  return !caveats.includes("gaps");
}

/** Whether it means anything that a lesion is present in a slice. */
export function tellsPresence(caveats: readonly Caveat[] = []): boolean {
  return isContiguous(caveats) && !caveats.includes("positive-slices-only");
}
