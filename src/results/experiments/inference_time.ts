/**
 * `inference_time`: Table 3 of the paper; the numbers stand in the timing section.
 *
 * @module
 */

import * as z from "zod";
import { refused } from "../facts.ts";
import { PAPER_TIMES } from "../paper.ts";
import { caseIndex, done, paperOfIt } from "../schema/parts.ts";
import { defineExperiment } from "./experiment.ts";

const record = z.object({
  status: done,
  paper: paperOfIt,
  case: caseIndex.describe("Index of the scan of the scopes `case` and `end_to_end`."),
  numbers: z.literal("timing.inference").describe("Where the numbers stand."),
}).meta({
  id: "InferenceTimeExperiment",
  description: "That inference was timed, and on which scan.",
});

/** Which scan was timed. */
export const inferenceTime = defineExperiment({
  key: "inference_time",
  title: "Inference time",
  about: "Table 3: the numbers stand in `timing.inference`.",
  record,
  make({ timedCase }) {
    if (timedCase === null) return refused("another part of the run times its models");
    const numbers = "timing.inference" as const;
    return { status: "done", paper: PAPER_TIMES, case: timedCase, numbers };
  },
});
