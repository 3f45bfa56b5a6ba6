/**
 * Suites: what to run, as JSON.
 *
 * @module
 */

import * as z from "zod";
import { dirname, isAbsolute, join } from "node:path";
import { type Precision, PRECISIONS } from "../backends/backend.ts";
import { canonicalJson, sha256 } from "../base/hashing.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { ownFile } from "../base/installation.ts";
import { parseJson, readText } from "../base/json_file.ts";
import { type FoldRequest, type Split, SPLITS } from "../datasets/mod.ts";
import {
  DEFAULT_THRESHOLD,
  DEFAULT_WEIGHTING,
  FIELD_CHOICES,
  type FieldChoice,
  type Filling,
  FILLINGS,
  type Weighting,
  WEIGHTINGS,
} from "../imaging/mod.ts";
import { resolveModel } from "../models/mod.ts";
import { EXPERIMENT_NAMES, type ExperimentName } from "../results/mod.ts";

/** A model of a suite. */
export interface SuiteModel {
  /** Name such as `vnet:small`, or the file of a network, relative to the suite. */
  readonly model: string;
  /** Spatial sizes, (D,) H, W; D is the stack. Default: those that the variant is meant for. */
  readonly input?: readonly number[];
  /** Settings of the model by their Python keywords (default: none). */
  readonly options: Readonly<Record<string, string>>;
  /** What it sees of each slice: all of it, or where the lungs are (default: all). */
  readonly field?: FieldChoice;
  /**
   * Trained weights (safetensors), relative to the suite; null: seeded random (default: null). In a
   * cross-validation `{fold}` stands for the number of the fold, from 0.
   */
  readonly weights: string | null;
  /** What stands before each name of the weights, such as `module.` (default: nothing). */
  readonly stripPrefix?: string;
  /** Slices at once, for 2-D models; `auto`: as many as fit the processor's cache (default: 1). */
  readonly batch: number | "auto";
  /** Share of each stack that overlaps the next, for 3-D models (default: 0). */
  readonly overlap: number;
  /** How overlapping stacks are averaged (default: `mean`). */
  readonly stitching: Weighting;
  /** What fills stacks that reach past the end of a scan, for 3-D models (default: zeros). */
  readonly filling?: Filling;
}

/** What the `overlap` experiment runs: every model trained, at every overlap of inference. */
export interface SuiteOverlap {
  /** Name of the 3-D model. */
  readonly model: string;
  /** Spatial sizes D, H, W. Default: those that the variant is meant for. */
  readonly input?: readonly number[];
  /** Settings of the model by their Python keywords (default: none). */
  readonly options: Readonly<Record<string, string>>;
  /** What it sees of each slice: all of it, or where the lungs are (default: all). */
  readonly field?: FieldChoice;
  /** How overlapping stacks are averaged (default: `mean`). */
  readonly stitching: Weighting;
  /** What fills stacks that reach past the end of a scan (default: zeros). */
  readonly filling?: Filling;
  /** Trained weights; several of one overlap are several trainings. */
  readonly trained: readonly {
    /** Share of each stack that overlapped the next in training. */
    readonly overlap: number;
    /** The weights (safetensors), relative to the suite. */
    readonly weights: string;
  }[];
  /** Shares that overlap in inference (default: 0, the paper's, 0.375 and 0.625). */
  readonly inference: readonly number[];
}

/** A cross-validation of a suite. */
export interface SuiteFolds extends FoldRequest {
  /**
   * What scans that are in no fold go through: the weights of the first fold, or those of all folds,
   * whose probabilities are averaged (default: `first`).
   */
  readonly outside?: "first" | "ensemble";
}

/** A suite as its file says it, defaults filled in. */
export interface Suite {
  /** What kind of file this is. */
  readonly schema: "stackbench/suite";
  /** Version of the format. */
  readonly version: 1;
  /** Short name, of the folder of results too: small letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  /** What it is for. */
  readonly description: string;
  /** Seed of everything random (default: 1). */
  readonly seed: number;
  /** Scans: a manifest, relative to the suite, or a seeded phantom. */
  readonly dataset: { readonly manifest: string } | {
    readonly phantom: {
      /** Scans to make. */
      readonly scans: number;
      /** Slices, rows, columns; they vary around it from scan to scan. */
      readonly shape: readonly [number, number, number];
      /** Seed of the phantom (default: that of the suite). */
      readonly seed?: number;
      /** Share of scans without a lesion (default: 0.2). */
      readonly healthy?: number;
      /** The split of all scans (default: they are divided into all three). */
      readonly split?: Split;
    };
  };
  /** Splits whose scans are run; null: all of them (default: null). */
  readonly splits: readonly Split[] | null;
  /**
   * Cross-validation: each scan goes through the weights of the fold that its patient is tested in,
   * and counts as a test scan; null: every scan through the same weights (default: null).
   */
  readonly folds: SuiteFolds | null;
  /** The models. */
  readonly models: readonly SuiteModel[];
  /** What the `overlap` experiment runs; null makes it refuse (default: null). */
  readonly overlap: SuiteOverlap | null;
  /** Element type of activations and weights (default: fp32). */
  readonly precision: Precision;
  /** Probability from which on a voxel is foreground (default: 0.2, the paper's). */
  readonly threshold: number;
  /** The experiments (default: all of them). */
  readonly experiments: readonly ExperimentName[];
  /** Repetitions of the `inference_time` experiment, in each process. */
  readonly timing: {
    /** Executions before the first timed one (default: 1). */
    readonly warmup: number;
    /** Timed executions, scope `network` (default: 5). */
    readonly repeats: number;
    /** Timed runs of a whole scan, scopes `case` and `end_to_end` (default: 1). */
    readonly caseRepeats: number;
    /** Fresh processes in which each model is timed, in turn (default: 5). */
    readonly processes: number;
  };
}

const whole = z.int().min(0);
const positive = z.int().min(1);

const factor = z.number().min(0).max(0.95);

const modelSchema = z.strictObject({
  model: z.string(),
  input: z.array(positive).min(2).max(3).optional(),
  options: z.record(z.string(), z.string()).default({}),
  // without a default, so that suites from before it keep their hash
  field: z.enum(FIELD_CHOICES).optional(),
  weights: z.string().nullable().default(null),
  stripPrefix: z.string().min(1).optional(),
  batch: z.union([positive, z.literal("auto")]).default(1),
  overlap: factor.default(0),
  stitching: z.enum(WEIGHTINGS).default(DEFAULT_WEIGHTING),
  filling: z.enum(FILLINGS).optional(),
});

const overlapSchema = modelSchema
  .pick({ model: true, input: true, options: true, field: true, stitching: true, filling: true })
  .extend({
    trained: z.array(z.strictObject({ overlap: factor, weights: z.string() })).min(1),
    inference: z.array(factor).min(1).default([0, 0.375, 0.625]),
  });

const phantomSchema = z.strictObject({
  scans: positive,
  shape: z.tuple([positive, positive, positive]),
  seed: whole.optional(),
  healthy: z.number().min(0).max(1).optional(),
  split: z.enum(SPLITS).optional(),
});

const suiteSchema = z.strictObject({
  schema: z.literal("stackbench/suite"),
  version: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
  description: z.string().default(""),
  seed: whole.default(1),
  dataset: z.union([
    z.strictObject({ phantom: phantomSchema }),
    z.strictObject({ manifest: z.string() }),
  ]),
  splits: z.array(z.enum(SPLITS)).nullable().default(null),
  folds: z.strictObject({
    count: z.int().min(3),
    seed: whole,
    // without a default, so that suites from before it keep their hash
    outside: z.enum(["first", "ensemble"]).optional(),
  }).nullable().default(null),
  models: z.array(modelSchema).min(1),
  overlap: overlapSchema.nullable().default(null),
  precision: z.enum(PRECISIONS).default("fp32"),
  threshold: z.number().min(0).max(1).default(DEFAULT_THRESHOLD),
  experiments: z.array(z.enum(EXPERIMENT_NAMES)).min(1).default([...EXPERIMENT_NAMES]),
  timing: z.strictObject({
    warmup: whole.default(1),
    repeats: positive.default(5),
    caseRepeats: positive.default(1),
    processes: positive.default(5),
  }).prefault({}),
}) satisfies z.ZodType<Suite>;

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
 * Reads a suite: a file, or the name of one in `benchmarks/suites`. Networks that it names by their
 * files are loaded, which runs these files.
 *
 * @throws InputError when there is none, or it breaks a rule
 */
export async function loadSuite(nameOrFile: string): Promise<LoadedSuite> {
  const isName = /^[a-z0-9][a-z0-9._-]*$/.test(nameOrFile) && !nameOrFile.endsWith(".json");
  const own = isName ? ownFile(`benchmarks/suites/${nameOrFile}.json`) : null;
  const path = own ?? nameOrFile;
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw new InputError(`there is no suite ${nameOrFile}: ${messageOf(error)}`, {
      cause: error,
      advice: "name one of benchmarks/suites (such as quick) or give the path of a JSON file",
    });
  }
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new InputError(`${nameOrFile} is not JSON: ${messageOf(error)}`, {
      cause: error,
      advice: "mend it at that place; the files in benchmarks/suites are examples",
    });
  }
  const folder = dirname(path);
  return { suite: await withResolvedModels(parseSuite(value, nameOrFile), folder), folder };
}

/** A suite whose models from files are loaded. */
async function withResolvedModels(suite: Suite, folder: string): Promise<Suite> {
  const models: SuiteModel[] = [];
  for (const one of suite.models) {
    models.push({ ...one, model: await resolveModel(one.model, folder) });
  }
  const overlap = suite.overlap &&
    { ...suite.overlap, model: await resolveModel(suite.overlap.model, folder) };
  return { ...suite, models, overlap };
}

/** A path of a suite, relative to its folder unless absolute. */
export function resolveIn(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** SHA-256 of what a suite says; where its files lie is not part of it. */
export function suiteHash(suite: Suite): string {
  return sha256(canonicalJson(suiteSettings(suite)));
}

/** What a suite says, but for where its files lie. */
export function suiteSettings(suite: Suite): Record<string, unknown> {
  const dataset = "phantom" in suite.dataset ? suite.dataset : "manifest";
  const models = suite.models.map((model) => ({
    ...model,
    weights: model.weights === null ? null : "file",
  }));
  const overlap = suite.overlap && {
    ...suite.overlap,
    trained: suite.overlap.trained.map((one) => ({ ...one, weights: "file" })),
  };
  return { ...suite, dataset, models, overlap };
}
