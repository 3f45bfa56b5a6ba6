/**
 * What `stackbench time --json` prints: the time of one network.
 *
 * @module
 */

import * as z from "zod";
import { environment, tool } from "./machine.ts";
import { model } from "./model.ts";
import { warnings, whole } from "./parts.ts";
import { profile } from "./profile.ts";
import { timing } from "./timing.ts";

const memory = z.object({
  arena: whole.describe("Activations, in bytes."),
  weights: whole.describe("Packed weights."),
  scratch: whole.describe("Scratch space of kernels."),
}).meta({ id: "NetworkMemory", description: "Memory that a network holds, in bytes." });

/** The time of one network. */
export const timeRecord = z.object({
  schema: z.literal("stackbench/time").describe("What this is."),
  version: z.literal(1).describe("Version of the schema."),
  tool: tool.describe("What made it."),
  environment: environment.describe("On what it ran."),
  model: model.omit({ id: true, experiment: true, weights: true, stack: true }).extend({
    weights: model.shape.weights.shape.source,
  }).describe("The model."),
  precision: z.enum(["fp64", "fp32", "tf32", "fp16", "bf16"]).describe(
    "Element type of activations.",
  ),
  seed: whole.describe("Seed of random weights and of the input."),
  memory: memory.describe("What the network holds."),
  timing: timing.omit({ cases: true }).describe("The times, in the one scope `network`."),
  warnings: warnings.describe("What a reader must know before believing the numbers."),
  profile: profile.optional().describe("Time by step, where it was asked for."),
}).meta({ id: "TimeRecord", description: "What `stackbench time --json` prints." });
