/**
 * What `stackbench compare` says of results.
 *
 * @module
 */

import * as z from "zod";
import { FACTORS } from "../factors.ts";
import { interval, whole } from "./parts.ts";

/** What may differ between results that are compared. */
export const factor = z.enum(FACTORS).meta({
  id: "Factor",
  description: "What may differ between results that are compared.",
});

const side = z.object({
  name: z.string().describe("What tables call it: `A` is the base, the others follow."),
  value: z.string().describe("Its value of what differs, such as a backend or a commit."),
  suite: z.string().describe("Name of its suite."),
}).meta({ id: "ComparedSide", description: "One side of a comparison." });

const difference = z.object({
  what: z.string().describe("Which fact of the environment."),
  values: z.array(z.string()).describe("Its value on each side."),
}).meta({ id: "EnvironmentDifference", description: "A fact of the environment that differs." });

const mean = z.object({
  mean: z.number().nullable().describe("Mean over scans; null where it is defined on none."),
  missed: whole.describe("Scans of which this side has no mask."),
  undefined: whole.describe("Scans on which the measure is undefined."),
}).meta({ id: "ComparedMean", description: "A measure of one side over the scans." });

const accuracy = z.object({
  model: z.string().describe("The model, or both models where they differ."),
  metric: z.string().describe("The measure."),
  other: z.string().describe("The side that is compared with the base."),
  scans: whole.describe("Scans that both have."),
  base: mean.describe("The base."),
  compared: mean.describe("The other side."),
  n: whole.describe("Scans on which both are defined: what the difference rests on."),
  patients: whole.describe("Patients of these."),
  difference: z.number().nullable().describe("Mean of other minus base, scan by scan."),
  interval: interval.nullable().describe("BCa interval of the difference, resampled by patient."),
  p: z.number().nullable().describe("Two-sided Wilcoxon signed-rank p over scans."),
  pHolm: z.number().nullable().describe("The same, Holm-corrected over all rows."),
  reason: z.string().optional().describe("Why something is null."),
}).meta({ id: "AccuracyRow", description: "A paired difference in accuracy." });

const masks = z.object({
  model: z.string().describe("The model."),
  other: z.string().describe("The side that is compared with the base."),
  scans: whole.describe("Scans of which both have a mask."),
  same: whole.describe("Those of which the masks are the same, bit for bit."),
}).meta({ id: "MaskRow", description: "Masks of two sides beside each other." });

const times = z.object({
  seconds: z.number().describe("Geometric mean of the processes' medians."),
  processes: whole.describe("Processes."),
  slicesPerSecond: z.number().describe("Slices a second at that."),
}).meta({ id: "ComparedTimes", description: "The time of one side." });

const ratio = z.object({
  ratio: z.number().describe("Other by base: below 1 where the other is faster."),
  interval: interval.nullable().describe(
    "Welch's interval on a logarithmic scale, over processes.",
  ),
  includesOne: z.boolean().nullable().describe("Whether that includes 1; null without interval."),
  detectable: z.number().nullable().describe(
    "The smallest ratio above 1 that as many processes find in four of five comparisons.",
  ),
}).meta({ id: "RatioRecord", description: "A ratio of times." });

const timing = z.object({
  model: z.string().describe("The model, or both models where they differ."),
  scope: z.string().describe("What was timed."),
  other: z.string().describe("The side that is compared with the base."),
  base: times.describe("The base."),
  compared: times.describe("The other side."),
  ratio: ratio.describe("Their ratio, per slice where they take other numbers of slices."),
}).meta({ id: "TimingRow", description: "A ratio of times of one model in one scope." });

const together = z.object({
  scope: z.string().describe("What was timed."),
  other: z.string().describe("The side that is compared with the base."),
  rows: whole.describe("Rows that it is of: those that both sides have."),
  ratio: ratio.describe("Geometric mean of their ratios."),
}).meta({ id: "CommonRatio", description: "What the ratios of one scope have in common." });

/** A comparison. */
export const comparison = z.object({
  schema: z.literal("stackbench/comparison").describe("What this is."),
  version: z.literal(1).describe("Version of the schema."),
  by: factor.describe("What differs."),
  forced: z.boolean().describe("Whether it was asked for though it may not be compared."),
  obstacles: z.array(z.string()).describe("Why it may not be compared; empty where it may."),
  sides: z.array(side).min(2).describe("What is compared, the base first."),
  environment: z.array(difference).describe("What differs in the environment."),
  masks: z.array(masks).describe("Masks of models of one name, beside each other."),
  accuracy: z.array(accuracy).describe("Accuracy, scan by scan."),
  timing: z.array(timing).describe("Times."),
  together: z.array(together).describe("Times of all models together, by scope."),
  unmatched: z.array(z.string()).describe("What only one side has, in words."),
  notes: z.array(z.string()).describe("What to know before believing it."),
}).meta({ id: "Comparison", description: "What `stackbench compare` says of results." });
