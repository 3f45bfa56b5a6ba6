/**
 * Colours of plots: Okabe and Ito's, which most eyes tell apart, and dark enough for white paper.
 * The same thing has the same colour everywhere, in the viewer of the page too.
 *
 * @module
 */

import type { RunResult } from "../../results/mod.ts";
import { modelText, ownModels } from "../models.ts";

/** The truth. */
export const TRUTH_COLOUR = "#009E73";
/** What is only there to compare with. */
export const QUIET_COLOUR = "#888888";

/** Models by their dimensions, each kind in colours that look alike. */
const MODEL_COLOURS = {
  2: ["#D55E00", "#E69F00", "#A6611A"],
  3: ["#0072B2", "#56B4E9", "#5E4FA2", "#CC79A7"],
} as const;

/** A scale of colours of Vega-Lite. */
export type ColourScale = { readonly domain: readonly string[]; readonly range: readonly string[] };

/** The truth and the suite's models, by the names that readers meet, in the order of the suite. */
export function modelColours(result: RunResult): Map<string, string> {
  const found = new Map<string, string>([["truth", TRUTH_COLOUR]]);
  const used = { 2: 0, 3: 0 };
  for (const { id, dimensions } of ownModels(result)) {
    const colours = MODEL_COLOURS[dimensions];
    found.set(modelText(result, id), colours[used[dimensions]++ % colours.length]);
  }
  return found;
}

/** The colours of some names; those without one are grey. */
export function colourScale(
  names: readonly string[],
  colours: ReadonlyMap<string, string>,
): ColourScale {
  return { domain: names, range: names.map((name) => colours.get(name) ?? QUIET_COLOUR) };
}
