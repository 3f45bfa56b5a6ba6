/**
 * Where the time of one execution goes, step by step, against what the machine can do.
 *
 * @module
 */

import * as z from "zod";
import { amount, whole } from "./parts.ts";

const rates = {
  seconds: amount.describe("Median seconds."),
  flops: amount.describe(
    "Operations; a multiply-add counts 2, taps outside the input count nothing.",
  ),
  bytes: amount.describe(
    "Bytes that must be read and written at least, at the element size of the precision.",
  ),
  gflopPerSecond: amount.nullable().describe(
    "1e9 operations a second; null where the clock saw no time pass.",
  ),
  gbPerSecond: amount.nullable().describe(
    "1e9 bytes a second; null where the clock saw no time pass.",
  ),
  share: amount.nullable().describe(
    "Time at the roofs divided by the time taken, the roof of a step being the lower one of its " +
      "operations a byte; null where the clock saw no time pass. It passes 1 only where a step " +
      "multiplies less than is counted (convolutions in tiles), was served by a cache, which is " +
      "faster than memory, or where other work slowed the peaks.",
  ),
};

const peaks = z.object({
  gflopPerSecond: z.number().positive().describe(
    "1e9 operations a second of the fastest product of matrices, in the precision.",
  ),
  gbPerSecond: z.number().positive().describe(
    "1e9 bytes a second to and from memory, reading and writing.",
  ),
  tensorBytes: whole.describe(
    "Bytes of the tensor that the bandwidth was measured with: more than caches hold.",
  ),
}).meta({
  id: "PeaksRecord",
  description: "The machine's measured peaks: the roofs of the roofline.",
});

const bound = z.enum(["compute", "memory"]).meta({
  id: "Bound",
  description: "What bounds a step at the roofs: its arithmetic or its memory traffic.",
});

const step = z.object({
  name: z.string().describe("Name of its node."),
  op: z.string().describe("Which op."),
  fused: z.array(z.string()).describe("Ops that ride on it, in order."),
  implementation: z.string().describe("What runs it, as the library names it."),
  bound: bound.describe("Which roof is the lower one."),
  ...rates,
}).meta({ id: "StepRecord", description: "One step." });

const group = z.object({
  op: z.string().describe("Which op."),
  steps: z.int().min(1).describe("How many steps."),
  ...rates,
}).meta({ id: "GroupRecord", description: "All steps of one op." });

const total = z.object(rates).meta({
  id: "RatesRecord",
  description: "How well something that took time used the machine.",
});

/** A profile, as `stackbench time --profile --json` prints it. */
export const profile = z.object({
  calls: z.int().min(1).describe("Calls that each median is over."),
  peaks: peaks.describe("The roofs."),
  steps: z.array(step).describe("Steps in the order in which they run."),
  groups: z.array(group).describe("Steps by op, the slowest op first."),
  total: total.describe("All steps together: their seconds are the sum of the steps' medians."),
  runSeconds: amount.describe("Median seconds of whole runs, made in turn with the calls."),
  overheadSeconds: z.number().describe(
    "Whole runs less the sum of steps: copies of inputs and outputs. Below 0 where timing each " +
      "step by itself costs more than that.",
  ),
}).meta({ id: "ProfileRecord", description: "Where the time of one execution goes." });
