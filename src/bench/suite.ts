/**
 * Suites: what to run, as JSON.
 *
 * @module
 */

import * as z from "zod";
import { dirname, isAbsolute, join } from "node:path";
import { canonicalJson, sha256 } from "../base/hashing.ts";
import { InputError, messageOf } from "../base/errors.ts";

/** The experiments, in the order of a run. */
export const EXPERIMENTS = [
  "dataset",
  "dice",
  "area_plot",
  "consecutive",
  "smoothing_control",
  "inference_time",
] as const;

/** Name of an experiment. */
export type ExperimentName = typeof EXPERIMENTS[number];

const whole = z.int().min(0);
const positive = z.int().min(1);

const modelSchema = z.strictObject({
  /** Name such as `vnet:small`. */
  model: z.string(),
  /** Spatial sizes, (D,) H, W; D is the stack. */
  input: z.array(positive).min(2).max(3).optional(),
  /** Settings of the model by their Python keywords. */
  options: z.record(z.string(), z.string()).default({}),
  /** Trained weights (safetensors), relative to the suite; seeded random where null. */
  weights: z.string().nullable().default(null),
  /** Slices at once; 2-D models only. */
  batch: positive.default(1),
  /** Share of each stack that overlaps the next, in inference; 3-D models only. */
  overlap: z.number().min(0).max(0.95).default(0),
  /** How overlapping stacks are averaged. */
  stitching: z.enum(["mean", "gaussian"]).default("mean"),
});

const phantomSchema = z.strictObject({
  /** Scans to make. */
  scans: positive,
  /** Slices, rows, columns; the number of slices varies around it from scan to scan. */
  shape: z.tuple([positive, positive, positive]),
  /** Seed of the phantom; that of the suite unless said. */
  seed: whole.optional(),
});

const suiteSchema = z.strictObject({
  schema: z.literal("stackbench/suite"),
  version: z.literal(1),
  /** Short name: of the folder of results too. */
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  /** What it is for. */
  description: z.string().default(""),
  /** Seed of everything random. */
  seed: whole.default(1),
  /** Scans: a seeded phantom, or a manifest, relative to the suite. */
  dataset: z.union([
    z.strictObject({ phantom: phantomSchema }),
    z.strictObject({ manifest: z.string() }),
  ]),
  /** Splits whose scans are run; all where null. */
  splits: z.array(z.enum(["train", "validation", "test"])).nullable().default(null),
  models: z.array(modelSchema).min(1),
  precision: z.enum(["fp32", "bf16", "fp64"]).default("fp32"),
  /** Probability from which on a voxel is foreground. */
  threshold: z.number().min(0).max(1).default(0.2),
  experiments: z.array(z.enum(EXPERIMENTS)).min(1).default([...EXPERIMENTS]),
  /** Repetitions of the `inference_time` experiment. */
  timing: z.strictObject({
    warmup: whole.default(1),
    repeats: positive.default(5),
    /** Timed repetitions of a whole scan, in the scopes `case` and `end_to_end`. */
    caseRepeats: positive.default(1),
  }).prefault({}),
});

/** A suite as its file says it, defaults filled in. */
export type Suite = z.infer<typeof suiteSchema>;

/** A model of a suite. */
export type SuiteModel = Suite["models"][number];

/** A suite with where it came from. */
export interface LoadedSuite {
  /** The suite. */
  readonly suite: Suite;
  /** Folder that its paths are relative to. */
  readonly folder: string;
}

/**
 * Checks a suite.
 *
 * @param where what to call it in errors
 * @throws InputError that names every place that breaks a rule
 */
export function parseSuite(value: unknown, where: string): Suite {
  const parsed = suiteSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    `${path.length ? path.join(".") : "top"}: ${message}`
  );
  throw new InputError(`${where} is not a suite: ${problems.join("; ")}`, {
    advice: "benchmarks/suites/quick.json is an example",
    details: { problems },
  });
}

/**
 * Reads a suite: a file, or the name of one in `benchmarks/suites`.
 *
 * @throws InputError when there is none, or it breaks a rule
 */
export async function loadSuite(nameOrFile: string): Promise<LoadedSuite> {
  const named = new URL(`../../benchmarks/suites/${nameOrFile}.json`, import.meta.url);
  const isName = /^[a-z0-9][a-z0-9._-]*$/.test(nameOrFile) && !nameOrFile.endsWith(".json");
  const path = isName ? named : nameOrFile;
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new InputError(`there is no suite ${nameOrFile}: ${messageOf(error)}`, {
      cause: error,
      advice: "name one of benchmarks/suites (such as quick) or give the path of a JSON file",
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${nameOrFile} is not JSON: ${messageOf(error)}`, { cause: error });
  }
  return {
    suite: parseSuite(value, nameOrFile),
    folder: isName ? dirname(named.pathname) : dirname(nameOrFile),
  };
}

/** A path of a suite, relative to its folder unless absolute. */
export function resolveIn(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** SHA-256 of what a suite says; where its files lie is not part of it. */
export function suiteHash(suite: Suite): string {
  const dataset = "phantom" in suite.dataset ? suite.dataset : "manifest";
  const models = suite.models.map((model) => ({
    ...model,
    weights: model.weights === null ? null : "file",
  }));
  return sha256(canonicalJson({ ...suite, dataset, models }));
}
