/**
 * What contradicts itself in results: they may come from anyone, and may have been edited by hand.
 *
 * The schema says what a file may look like; this says what its numbers may say of each other. It
 * finds slips and edits, not a forger who computes every number anew.
 *
 * @module
 */

import type { RunResult } from "../records.ts";
import { contradictionsOfDerived, contradictionsOfIntervals } from "./derived.ts";
import { contradictionsOfReferences } from "./references.ts";
import { contradictionsOfScans } from "./scans.ts";
import { contradictionsOfSettings } from "./settings.ts";
import { contradictionsOfPictures } from "./slices.ts";
import { contradictionsOfTiming } from "./times.ts";

/** Contradictions that one error lists. */
const LISTED = 5;

/**
 * The first contradictions of results that hold to their schema, each with its place, such as
 * `predictions.3.metrics.dice.value: 17 is not in 0 to 1`; none where they are sound.
 *
 * @example
 * ```ts
 * import { contradictions } from "./contradictions.ts";
 * import { sampleRunResult } from "../sample.ts";
 * import assert from "node:assert/strict";
 * const sound = sampleRunResult();
 * const doubled = { ...sound, predictions: [...sound.predictions, sound.predictions[0]] };
 * assert.deepEqual(contradictions(sound), []);
 * assert.deepEqual(contradictions(doubled), ["predictions.2: there is another one of u, scan 0"]);
 * ```
 */
export function contradictions(result: RunResult): string[] {
  // what follows from what: a part that is broken makes no sense of those after it
  for (
    const part of [
      contradictionsOfReferences,
      contradictionsOfSettings,
      contradictionsOfScans,
      contradictionsOfPictures,
      contradictionsOfTiming,
      contradictionsOfDerived,
      contradictionsOfIntervals,
    ]
  ) {
    const found = [...take(part(result), LISTED)];
    if (found.length > 0) return found;
  }
  return [];
}

function* take<T>(all: Iterable<T>, count: number): Generator<T> {
  for (const one of all) {
    if (count-- <= 0) return;
    yield one;
  }
}
