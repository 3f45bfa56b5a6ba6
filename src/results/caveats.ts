/**
 * What may not be measured of a scan, given what is wrong with it.
 *
 * @module
 */

import { METRICS, type Need } from "../metrics/mod.ts";
import type { CaseRecord, MeasuredValue } from "./records.ts";

/** What is wrong with a scan. */
export type CaveatName = NonNullable<CaseRecord["caveats"]>[number];

/** What each caveat takes from a scan, and why. */
const TAKEN: Readonly<Record<CaveatName, { readonly need: Need; readonly reason: string }>> = {
  "unknown-spacing": { need: "spacing", reason: "the true spacing is not known" },
  gaps: { need: "contiguity", reason: "slices are missing in between" },
  "positive-slices-only": { need: "presence", reason: "slices without lesion were left out" },
};

const NEEDS = new Map(METRICS.map(({ name, needs }) => [name, needs]));

/**
 * The measures of a scan without those that need what its caveats take from it.
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
  caveats: readonly CaveatName[],
): Record<string, MeasuredValue> {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]) => {
      const caveat = caveats.find((one) => NEEDS.get(name)?.includes(TAKEN[one].need));
      return [name, caveat ? { value: null, reason: TAKEN[caveat].reason } : value];
    }),
  );
}

/** Whether areas of neighbouring slices can be compared. */
export function isContiguous(caveats: readonly CaveatName[] = []): boolean {
  return has("contiguity", caveats);
}

/** Whether it means anything that a lesion is present in a slice. */
export function tellsPresence(caveats: readonly CaveatName[] = []): boolean {
  return isContiguous(caveats) && has("presence", caveats);
}

function has(need: Need, caveats: readonly CaveatName[]): boolean {
  return caveats.every((caveat) => TAKEN[caveat].need !== need);
}
