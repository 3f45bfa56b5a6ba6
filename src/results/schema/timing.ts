/**
 * Measured times and memory.
 *
 * @module
 */

import * as z from "zod";
import { deviceState, environment } from "./machine.ts";
import { amount, caseIndex, interval, modelKey, moment, warnings, whole } from "./parts.ts";

const peakRss = whole.nullable().describe(
  "Largest resident memory of the process so far, in bytes; null where unknown.",
);

const pass = z.object({
  model: modelKey,
  case: caseIndex,
  phases: z.record(z.string(), amount).describe("Seconds of each phase."),
  caseSeconds: amount.describe("Seconds from stored voxels to mask, both in memory."),
  endToEndSeconds: amount.describe("Seconds from files on disk to the mask file on disk."),
  peakRss,
});

const kernel = z.object({
  name: z.string().describe("As the library names it, such as `cuDNN engine 44: forward + relu`."),
  steps: whole.describe("Steps that it runs."),
}).meta({ id: "KernelRecord", description: "A kernel and how much of a network it runs." });

const scope = z.enum(["network", "case", "end_to_end"]).meta({
  id: "Scope",
  description: "The scopes of a time: graph only; voxels to mask in memory; files to mask file.",
});

const sample = z.object({
  at: amount.optional().describe(
    "Seconds from the beginning of the timings of all models to its own; absent in older files.",
  ),
  seconds: amount.describe("What it took."),
}).meta({ id: "TimedSample", description: "One timed run." });

const timedProcess = z.object({
  samples: z.array(sample).describe("The timed runs in it, in order."),
  median: amount.describe("Median of their seconds: the unit of intervals and comparisons."),
  peakRss,
  others: amount.optional().describe(
    "Cores that other programs kept busy meanwhile, on average; absent where unknown.",
  ),
  stolen: amount.optional().describe(
    "Share of the cores' time that a hypervisor gave to others; absent where unknown.",
  ),
  clockRatio: amount.optional().describe(
    "Clock of the cores after the runs over that before them; absent where unknown.",
  ),
}).meta({ id: "TimedProcess", description: "One process in which a model was timed." });

const inference = z.object({
  model: modelKey,
  scope: scope.describe("What was timed."),
  clock: z.literal("device").optional().describe(
    "`device`: by events of the GPU, without the copies between host and device. Absent where it " +
      "is the wall clock, which waits until the result is there.",
  ),
  slices: whole.describe("Slices that one run takes: of a stack, a batch or the scan."),
  warmup: whole.describe("Runs before the first timed one, in each process."),
  processes: z.array(timedProcess).min(1).describe(
    "The processes in which it was timed, in their order; models took turns.",
  ),
  median: amount.describe("Median of the processes' medians, in seconds."),
  interval: interval.nullable().describe(
    "Student's interval of the processes' medians, on a logarithmic scale; null for fewer than " +
      "three processes.",
  ),
  intervalReason: z.string().optional().describe("Why there is no interval."),
  slicesPerSecond: z.number().describe("Slices a second, from the median."),
  gflopPerSecond: z.number().describe(
    "1e9 floating-point operations of the network a second, from the median.",
  ),
  peakRss,
  deviceMemory: whole.optional().describe(
    "Memory of the GPU that the model holds while it runs, in bytes; absent on the CPU.",
  ),
  kernels: z.array(kernel).optional().describe(
    "What ran the steps of the network, by the library's names, the most frequent first.",
  ),
}).meta({
  id: "InferenceTiming",
  description: "Repeated timings of one model in one scope.",
});

const device = z.object({
  model: modelKey,
  before: deviceState.describe("Before the first run."),
  after: deviceState.describe("Right after the last one."),
}).meta({
  id: "DeviceTiming",
  description: "The GPU before and after the repeated timings of one model.",
});

const shardTiming = z.object({
  index: whole.describe("Number of the part, from 1."),
  cases: z.array(whole).describe("Indices of its scans."),
  environment: environment.describe("The machine that did it."),
  startedAt: moment.describe("When it started, ISO 8601, UTC."),
  writtenAt: moment.describe("When its results were finished."),
}).meta({ id: "ShardTiming", description: "Which machine did a part of a run, and when." });

/** Measured times and memory. */
export const timing = z.object({
  cases: z.array(pass).describe("The one pass over each scan."),
  inference: z.array(inference).describe(
    "Repeated timings of the `inference_time` experiment.",
  ),
  device: z.array(device).optional().describe(
    "The GPU around the repeated timings of each model; absent where nothing tells of one.",
  ),
  shards: z.array(shardTiming).optional().describe(
    "The parts that these results were merged of; absent where one process did it all.",
  ),
  warnings: warnings.describe("What was the matter while something was timed."),
}).meta({ id: "TimingRecord", description: "Measured times and memory." });
