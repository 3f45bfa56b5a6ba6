/**
 * The schema of RunResult v1, for reading files that anyone may have written.
 *
 * @module
 */

import * as z from "zod";
import type { RunResult } from "./run_result.ts";
import { experimentsSchema } from "./schema_experiments.ts";
import { done, interval, measured, measures, refused, split, whole } from "./schema_parts.ts";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** A moment, ISO 8601, UTC. */
// no `format: date-time`: validators without a list of formats refuse the whole schema for it
export const moment = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const sizes3 = z.tuple([whole, whole, whole]);

const gpu = z.strictObject({
  name: z.string(),
  memory: whole,
  ecc: z.boolean().nullable(),
  powerLimit: z.number().min(0).nullable(),
  deterministic: z.boolean().optional(),
});

/** The machine and the backend. */
export const environment = z.strictObject({
  os: z.string(),
  arch: z.string(),
  deno: z.string(),
  v8: z.string(),
  cpu: z.strictObject({ model: z.string().nullable(), cores: whole }),
  memory: whole.nullable(),
  backend: z.strictObject({
    name: z.string(),
    device: z.enum(["cpu", "gpu"]),
    isa: z.string().nullable(),
    threads: whole,
    libraries: z.record(z.string(), z.string()),
    gpu: gpu.optional(),
  }),
});

const model = z.strictObject({
  id: z.string(),
  experiment: z.literal("overlap").optional(),
  name: z.string(),
  dimensions: z.union([z.literal(2), z.literal(3)]),
  input: z.array(whole),
  options: z.record(z.string(), z.string()),
  field: z.enum(["whole", "lungs"]).optional(),
  parameters: whole,
  flops: z.number().min(0),
  graphHash: hash,
  weights: z.strictObject({
    source: z.enum(["seeded-random", "file"]),
    sha256: hash,
    folds: z.array(hash).optional(),
    ensemble: z.array(hash).optional(),
  }),
  stack: z.strictObject({
    size: whole,
    overlap: whole,
    stitching: z.enum(["mean", "gaussian"]),
  }).nullable(),
});

const caseRecord = z.strictObject({
  index: whole,
  id: z.string().nullable(),
  split,
  fold: whole.optional(),
  caveats: z.array(z.enum(["unknown-spacing", "gaps", "positive-slices-only"])).optional(),
  patient: whole,
  shape: sizes3,
  spacing: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  voxelsSha256: hash,
  window: z.string(),
  notes: z.array(z.string()),
  truth: z.strictObject({ sha256: hash, voxels: whole, slicePixels: z.array(whole) }).nullable(),
  huThreshold: z.strictObject({ low: z.number().nullable(), dice: measured }).optional(),
});

const prediction = z.strictObject({
  model: z.string(),
  case: whole,
  executions: whole,
  maskSha256: hash,
  voxels: whole,
  slicePixels: z.array(whole),
  truePositives: whole.nullable(),
  metrics: measures.nullable(),
  runs: z.array(z.strictObject({ slice: whole, pattern: z.string(), dice: z.number() })).nullable(),
});

const statistics = z.strictObject({
  status: done,
  splits: z.array(split),
  pairs: z.array(z.strictObject({
    solid: z.array(z.string()),
    flat: z.array(z.string()),
    comparisons: z.array(z.strictObject({
      measure: z.string(),
      n: whole,
      patients: whole,
      leftOut: whole,
      difference: z.number().nullable(),
      interval: interval.nullable(),
      p: z.number().nullable(),
      pHolm: z.number().nullable(),
      reason: z.string().optional(),
    })),
  })),
});

const seconds = z.number().min(0);

/** How a GPU is doing. */
export const deviceState = z.strictObject({
  clock: whole,
  memoryClock: whole,
  temperature: whole.nullable(),
  memoryUsed: whole,
  heldDownBy: z.array(z.string()),
});

const timing = z.strictObject({
  cases: z.array(z.strictObject({
    model: z.string(),
    case: whole,
    phases: z.record(z.string(), seconds),
    caseSeconds: seconds,
    endToEndSeconds: seconds,
    peakRss: whole.nullable(),
  })),
  inference: z.array(z.strictObject({
    model: z.string(),
    scope: z.enum(["network", "case", "end_to_end"]),
    clock: z.literal("device").optional(),
    slices: whole,
    warmup: whole,
    samples: z.array(seconds),
    median: seconds,
    interval: z.tuple([seconds, seconds]).nullable(),
    slicesPerSecond: z.number(),
    gflopPerSecond: z.number(),
    peakRss: whole.nullable(),
    deviceMemory: whole.optional(),
    kernels: z.array(z.strictObject({ name: z.string(), steps: whole })).optional(),
  })),
  device: z.array(z.strictObject({ model: z.string(), before: deviceState, after: deviceState }))
    .optional(),
});

/** The program. */
export const tool = z.strictObject({
  name: z.literal("stackbench"),
  version: z.string(),
  commit: z.string().nullable(),
});

/** Checks a RunResult v1. */
export const runResultSchema = z.strictObject({
  schema: z.literal("stackbench/run-result"),
  version: z.literal(1),
  status: z.enum(["partial", "complete"]),
  tool,
  suite: z.strictObject({
    name: z.string(),
    sha256: hash,
    seed: whole,
    threshold: z.number(),
    precision: z.enum(["fp64", "fp32", "tf32", "fp16", "bf16"]),
  }),
  environment,
  models: z.array(model),
  dataset: z.strictObject({
    name: z.string().nullable(),
    manifestSha256: hash,
    cases: z.array(caseRecord),
  }),
  predictions: z.array(prediction),
  experiments: experimentsSchema,
  statistics: z.union([statistics, refused]).optional(),
  warnings: z.array(z.strictObject({
    code: z.enum([
      "random-weights",
      "reference-backend",
      "window",
      "field",
      "few-repeats",
      "held-down",
    ]),
    message: z.string(),
    advice: z.string(),
  })),
  timing,
  volatile: z.strictObject({
    startedAt: moment,
    writtenAt: moment,
    loadAverage: z.number().nullable(),
    memoryAvailable: whole.nullable(),
  }),
});

/** Deeply mutable, as a schema infers it. */
type Mutable<T> = T extends readonly (infer _)[] ? { -readonly [K in keyof T]: Mutable<T[K]> }
  : T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> }
  : T;

// The interface and the schema say the same, in both directions, or this does not compile.
type Inferred = z.infer<typeof runResultSchema>;
const _schemaGivesInterface: (value: Inferred) => RunResult = (value) => value;
const _interfaceFitsSchema: (value: Mutable<RunResult>) => Inferred = (value) => value;
