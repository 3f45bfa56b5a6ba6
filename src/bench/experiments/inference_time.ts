/**
 * `inference_time`: Table 3 of the paper; the numbers stand in the timing section.
 *
 * @module
 */

import type { InferenceTimeExperiment, Refused } from "../../results/mod.ts";
import { PAPER_TIMES } from "../../results/paper.ts";
import { refused, type RunFacts } from "./facts.ts";

/** Which scan was timed. */
export function inferenceTime({ timedCase }: RunFacts): InferenceTimeExperiment | Refused {
  return timedCase === null
    ? refused("no scan was read")
    : { status: "done", paper: PAPER_TIMES, case: timedCase, numbers: "timing.inference" };
}
