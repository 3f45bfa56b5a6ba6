/**
 * The schema of results: what a run leaves behind.
 *
 * Everything outside `timing` and `volatile` is the same, byte for byte, when the same suite runs
 * on the same inputs on the same machine. Nothing in it names a patient, a host or a path: cases
 * go by their index and the hash of their voxels, and by the manifest's id only where the manifest
 * says that it is public.
 *
 * @module
 */

import * as z from "zod";
import { statistics } from "../comparison.ts";
import { experiments } from "../experiments/mod.ts";
import type { RunResult } from "../records.ts";
import { VERSION } from "../version.ts";
import { environment, tool } from "./machine.ts";
import { model } from "./model.ts";
import { hash, moment, type Recorded, refused, warnings, whole } from "./parts.ts";
import { dataset, failure, prediction, shard } from "./scan.ts";
import { timing } from "./timing.ts";

const suite = z.object({
  name: z.string().describe("Its name."),
  sha256: hash.describe("SHA-256 of its canonical JSON."),
  seed: whole.describe("Seed of everything random."),
  threshold: z.number().describe("Probability from which on a voxel is foreground."),
  precision: z.enum(["fp64", "fp32", "tf32", "fp16", "bf16"]).describe(
    "Element type of activations.",
  ),
  settings: z.record(z.string(), z.unknown()).optional().describe(
    "All that it says, but for where files lie; absent in older files.",
  ),
}).meta({ id: "SuiteRecord", description: "The suite that ran." });

const volatile = z.object({
  startedAt: moment.describe("When it started, ISO 8601, UTC."),
  writtenAt: moment.describe("When this file was written."),
  loadAverage: z.number().nullable().describe(
    "Load average of the last minute when it started; null where unknown.",
  ),
  memoryAvailable: whole.nullable().describe(
    "Free memory when it started, in bytes; null where unknown.",
  ),
}).meta({ id: "VolatileRecord", description: "Facts of this one run." });

/** The results of a run. */
export const runResult = z.object({
  schema: z.literal("stackbench/run-result").describe("What kind of file this is."),
  version: z.literal(VERSION).describe("Version of the schema."),
  minor: whole.describe("Its minor version: keys that were added since."),
  status: z.enum(["partial", "complete"]).describe(
    "`partial` while cases are missing: the run was interrupted or goes on.",
  ),
  tool: tool.describe("What made it."),
  suite: suite.describe("What was asked for."),
  environment: environment.describe("On what it ran."),
  models: z.array(model).describe("The models, in the order of the suite."),
  dataset: dataset.describe("The scans."),
  shard: shard.optional().describe("Which part of a run this is; absent where it is the whole."),
  predictions: z.array(prediction).describe("What each model made of each scan."),
  failures: z.array(failure).describe(
    "Scans of which a model has no mask, because it failed on them; results without any are sound.",
  ),
  experiments: experiments.describe("The experiments by name."),
  statistics: z.union([statistics, refused]).optional().describe(
    "3-D against 2-D; absent while the run is partial, and in older files.",
  ),
  warnings: warnings.describe("What a reader must know before believing the numbers."),
  timing,
  volatile,
}).meta({ id: "RunResult", description: "The results of one run of a suite." });

// The written interfaces say what the schema says, or this does not compile: `deno task schema`.
type Inferred = Recorded<typeof runResult>;
const _schemaGivesInterface: (value: Inferred) => RunResult = (value) => value;
const _interfaceFitsSchema: (value: RunResult) => Inferred = (value) => value;
