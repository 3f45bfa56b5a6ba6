/**
 * What numbers cannot say, to stand beside them.
 *
 * @module
 */

import type { ExperimentName } from "../results/mod.ts";
import { PAPER_CAVEATS } from "../results/paper.ts";

/** What it is about: an experiment, or all of a result. */
export type CaveatTopic = ExperimentName | "general" | "phantom";

/** How the numbers were made; what only the paper is to blame for stands in `results/paper.ts`. */
const METHOD_CAVEATS: { readonly [K in CaveatTopic]?: readonly string[] } = {
  phantom: [
    "A phantom has the lesions that its program draws. On it models can be compared and a protocol " +
    "be tried; how they do on patients it does not tell.",
  ],
  dataset: [
    "Grey levels are windowed as the line of windows under Environment says. The paper took the " +
    "window of the metadata; a preset is another protocol.",
  ],
  dice: [
    "The unit is the scan. Intervals of means are BCa bootstraps of 10,000 resamples, drawn by " +
    "patient and seeded by the suite; below about twenty patients they are too narrow.",
    "p is of Wilcoxon's signed-rank test over scans, two-sided; where a patient has several scans " +
    "it is somewhat too small. With n scans no p is below 2^(1-n). Holm's correction is over the " +
    "measures of one table.",
    "Of errors that may have either sign the size is compared.",
    "One training run cannot separate an architecture from its seed: at least three seeds, with the " +
    "same budget for both models, are needed before one is called better. Where a suite has several " +
    "trainings of a model, a scan's value in a comparison is their mean; an interval then is that " +
    "of the scans, not of the seeds.",
    "Undefined values are left out of means and counted. Dice is undefined where both masks are " +
    "empty, and 0 where one is.",
    "Probabilities are averaged where stacks overlap, padding is dropped, and they are resized back " +
    "to the scan's own grid before the threshold: all metrics are of that grid.",
  ],
  area_plot: [
    "Truth itself is not perfectly smooth: of continuity only what a prediction has in excess of " +
    "the truth is an error.",
  ],
  consecutive: [
    "Where no slice lacks lesion in truth, presence and holes mean nothing.",
  ],
  smoothing_control: [
    "Mere smoothing makes masks continuous too: this control shows how far a median filter takes " +
    "the 2D masks.",
  ],
  inference_time: [
    "Times are of the machine and backend named under Environment, and only a scope may be compared " +
    "with the same scope. Whether 3D is faster than 2D hangs on which V-Net and which batch it is: " +
    "a ratio of times is the ratio of work times the ratio of efficiency.",
    "Intervals of times are Student's, of the medians of fresh processes on a logarithmic scale; " +
    "those of ratios likewise, of the ratios of both models in each round.",
  ],
};

/** Caveats of a topic, the paper's first. */
export function caveatsOf(topic: CaveatTopic): readonly string[] {
  const ofPaper: { readonly [K in CaveatTopic]?: readonly string[] } = PAPER_CAVEATS;
  return [...ofPaper[topic] ?? [], ...METHOD_CAVEATS[topic] ?? []];
}
