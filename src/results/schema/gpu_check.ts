/**
 * What `benchmarks/gpu_check.ts` leaves behind. Nothing in it names a host or a path.
 *
 * @module
 */

import * as z from "zod";
import { deviceState, environment, tool } from "./machine.ts";
import { amount, moment, whole } from "./parts.ts";
import { profile } from "./profile.ts";

const times = z.object({
  rounds: z.array(z.array(amount)).describe("Seconds of each timed run, a list for each round."),
  median: amount.describe("Median of all of them."),
  deviceMemory: whole.nullable().describe(
    "Memory of the GPU that it held at most, in bytes; null where that is not known.",
  ),
}).meta({ id: "TimesRecord", description: "Times of one implementation." });

const mode = z.enum(["eager", "compile"]).describe(
  "`eager` or `compile` (torch.compile), with cuDNN's autotuning.",
);

const ratio = z.object({
  median: amount.describe("The median."),
  interval: z.tuple([amount, amount]).nullable().describe(
    "The interval; null for fewer than three rounds.",
  ),
});

const peer = z.union([
  z.object({
    mode,
    status: z.literal("done").describe("It ran."),
    torch: z.string().describe("Version of PyTorch."),
    device: z.enum(["cuda", "cpu"]).describe("Where it ran."),
    setting: z.string().optional().describe(
      "Memory order and how it was launched: the fastest of those that it tried.",
    ),
    times: times.describe("Its times."),
    ratio: ratio.describe(
      "Our time over its time: the median over the rounds, and a 95 % bootstrap interval.",
    ),
  }),
  z.object({
    mode,
    status: z.literal("missing").describe("It did not run."),
    reason: z.string().describe("Why."),
  }),
]).meta({ id: "PeerRecord", description: "PyTorch in the same rounds." });

const state = z.object({
  before: deviceState.describe("Before the first run."),
  after: deviceState.describe("After the last run."),
});

const compared = {
  model: z.string().describe("Name such as `vnet:paper206`."),
  input: z.array(whole).describe("Shape of one execution's input, N, C, (D,) H, W."),
  precision: z.string().describe("Element type of activations."),
  flops: amount.describe(
    "Floating-point operations of one execution; taps outside the input do not count.",
  ),
  ours: times.describe("Our times."),
  peers: z.array(peer).describe("PyTorch's."),
  state: state.nullable().describe(
    "The GPU before the first run and after the last one; null where nothing tells.",
  ),
};

const tests = z.object({
  kind: z.literal("tests").describe("Which kind of result."),
  passed: whole.describe("Tests that passed."),
  watchedBy: z.string().nullable().describe(
    "The tool of compute-sanitizer that watched, which found nothing wrong; null without one.",
  ),
}).meta({ id: "TestsResult", description: "Tests that ran on the GPU." });

const network = z.object({
  kind: z.literal("network").describe("Which kind of result."),
  ...compared,
  share: z.object({
    flops: amount.describe(
      "Of its fastest product of matrices, measured here in the same precision.",
    ),
    bandwidth: amount.describe("Of its fastest traffic to and from memory, measured here."),
  }).describe("How much of what the GPU can do is used."),
  profile: profile.describe("Step by step."),
}).meta({
  id: "NetworkResult",
  description:
    "Executions of a model's graph, inputs and outputs on the device; times are of its events.",
});

const scan = z.object({
  kind: z.literal("scan").describe("Which kind of result."),
  ...compared,
  shape: z.tuple([whole, whole, whole]).describe("Voxels along z, y, x."),
  executions: whole.describe("Executions of the graph that one scan takes."),
  phases: z.record(z.string(), amount).describe("Our seconds in each phase of the last run."),
}).meta({
  id: "ScanResult",
  description:
    "A whole scan, stored voxels in host memory to mask in host memory; times are of the wall clock.",
});

/** What a part found, as its process prints it. */
export const partResult = z.discriminatedUnion("kind", [tests, network, scan])
  .meta({ id: "PartResult", description: "What a part found." });

const name = z.string().describe("Its name, such as `network vnet:paper206 fp32`.");
const took = amount.describe("Seconds that it took, its start included.");

const part = z.discriminatedUnion("status", [
  z.object({
    name,
    status: z.literal("done").describe("It ran to its end, and what must hold does."),
    seconds: took,
    result: partResult.describe("What it found."),
  }),
  z.object({
    name,
    status: z.literal("failed").describe("Something is wrong."),
    seconds: took,
    reason: z.string().describe("What is wrong."),
  }),
  z.object({
    name,
    status: z.enum(["later", "impossible"]).describe(
      "It was not run: `later` where there was no time, `impossible` where something is missing.",
    ),
    reason: z.string().describe("Why."),
  }),
]).meta({ id: "PartRecord", description: "One part of a check." });

/** The results of one check of a machine with a GPU. */
export const gpuCheck = z.object({
  schema: z.literal("stackbench/gpu-check").describe("What kind of file this is."),
  version: z.literal(2).describe("Version of the schema."),
  status: z.enum(["partial", "complete"]).describe(
    "`partial` while a part was not run for lack of time: the check can be gone on with.",
  ),
  tool: tool.describe("What made it."),
  settings: z.enum(["full", "tiny"]).describe(
    "Sizes and repetitions: `full`, or `tiny` for trying the check itself.",
  ),
  environment: environment.describe("The machine and the GPU."),
  emulated: z.boolean().describe(
    "Whether the GPU is the double of the tests: then no time in here means anything.",
  ),
  origins: z.record(z.string(), z.string()).optional().describe(
    "Whose libraries ran, by key, in words that hold no path.",
  ),
  parts: z.array(part).describe("The parts in the order in which they are run."),
  volatile: z.object({
    startedAt: moment.describe("When it started, ISO 8601, UTC."),
    writtenAt: moment.describe("When this file was written."),
  }).describe("Facts of this one check."),
}).meta({ id: "GpuCheck", description: "The results of one check of a machine with a GPU." });
