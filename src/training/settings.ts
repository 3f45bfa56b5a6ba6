/**
 * How a model is trained: the settings, their defaults, and training files that list several.
 *
 * ```json
 * {
 *   "schema": "stackbench/training",
 *   "version": 1,
 *   "name": "phantom",
 *   "dataset": { "phantom": { "scans": 20, "shape": [64, 128, 128] } },
 *   "defaults": { "epochs": 4, "augmentation": ["flip"] },
 *   "trainings": [
 *     { "name": "vnet", "model": "vnet:small", "input": [32, 128, 128], "overlap": 0.375 },
 *     { "name": "unet", "model": "unet:small", "input": [128, 128], "batch": 16 }
 *   ]
 * }
 * ```
 *
 * @module
 */

import * as z from "zod";
import { InputError, messageOf } from "../base/errors.ts";
import { readJsonFile } from "../base/json_file.ts";
import { DEFAULT_LOSS, LOSSES, type LossName } from "../graph/mod.ts";
import { DEFAULT_THRESHOLD, FIELD_CHOICES, type FieldChoice } from "../imaging/mod.ts";
import { type AugmentationName, AUGMENTATIONS } from "./augmentation.ts";
import { TRAINING_PRECISIONS, type TrainingPrecision } from "./precisions.ts";
import { DEFAULT_SCHEDULE, type ScheduleName, SCHEDULES } from "./schedule.ts";

/** How one model is trained. */
export interface TrainingSettings {
  /** Name such as `vnet:small`. */
  readonly model: string;
  /** Settings of the model by their Python keywords (default: none). */
  readonly options: Readonly<Record<string, string>>;
  /** Spatial sizes (D,) H, W (default: those that the variant is meant for). */
  readonly input?: readonly number[];
  /** What the network sees of each slice: all of it, or where the lungs are (default: all). */
  readonly field?: FieldChoice;
  /** Stacks or slices a step (default: 1 stack or 16 slices). */
  readonly batch?: number;
  /** Share of each stack that overlaps the next, for 3-D models (default: 0). */
  readonly overlap: number;
  /** The loss (default: `dice` (the paper's)). */
  readonly loss: LossName;
  /** Learning rate of Adam, at its highest (default: 1e-3 (the paper's)). */
  readonly learningRate: number;
  /**
   * In what forward and backward passes compute (default: fp32). Whatever it is, the weights that
   * are updated, their moments, the loss and statistics are of single precision. There is no fp16,
   * in which small gradients vanish.
   */
  readonly precision?: TrainingPrecision;
  /** How the learning rate changes (default: `step` (the paper's)). */
  readonly schedule: ScheduleName;
  /** Epochs (default: 15). */
  readonly epochs: number;
  /** Steps an epoch, whatever the size of the data (default: 250). */
  readonly stepsPerEpoch: number;
  /**
   * Share of the stacks or slices that is drawn from those with foreground, the rest coming from
   * all: a Dice loss learns next to nothing from a stack without any. (Default: 0, the paper's as far
   * as it says: all come equally often.)
   */
  readonly foregroundShare: number;
  /** What is varied at random (default: nothing, as in the paper). */
  readonly augmentation: readonly AugmentationName[];
  /** Share of the running statistics of batch norms that a step keeps (default: 0.99, Keras). */
  readonly momentum: number;
  /** Whether the dropouts of the model are on (default: true). */
  readonly dropout: boolean;
  /** Probability from which on a voxel counts as foreground in validation (default: 0.2). */
  readonly threshold: number;
  /** Seed of weights, order, augmentation and dropout (default: 1). */
  readonly seed: number;
}

/** Settings as they may be written: what has a default may be left out. */
export type SettingsInput = Partial<TrainingSettings> & Pick<TrainingSettings, "model">;

/** One training of a file. */
export interface NamedTraining extends TrainingSettings {
  /** Its name, of a folder too: small letters, digits, `.`, `_`, `-`. */
  readonly name: string;
}

/** What a training file says, defaults filled in. */
export interface TrainingFile {
  /** What kind of file this is. */
  readonly schema: "stackbench/training";
  /** Version of the format. */
  readonly version: 1;
  /** Short name. */
  readonly name: string;
  /** What it is for. */
  readonly description: string;
  /** Scans: a manifest, relative to the file, or a seeded phantom. */
  readonly dataset: { readonly manifest: string } | {
    readonly phantom: {
      /** Scans to make. */
      readonly scans: number;
      /** Slices, rows, columns; they vary around it from scan to scan. */
      readonly shape: readonly [number, number, number];
      /** Seed of the phantom. */
      readonly seed: number;
      /** Share of scans without a lesion (default: 0.2). */
      readonly healthy?: number;
    };
  };
  /** Cross-validation: every training once for each fold; null: the manifest's splits (default: null). */
  readonly folds: {
    /** How many. */
    readonly count: number;
    /** Seed of who is in which. */
    readonly seed: number;
  } | null;
  /** The trainings. */
  readonly trainings: readonly NamedTraining[];
}

const whole = z.int().min(0);
const positive = z.int().min(1);
const names = <T extends string>(table: Readonly<Record<T, unknown>>) =>
  z.enum(Object.keys(table) as [T, ...T[]]);

const settingsSchema = z.strictObject({
  model: z.string(),
  options: z.record(z.string(), z.string()).default({}),
  input: z.array(positive).min(2).max(3).optional(),
  // without a default, as precision
  field: z.enum(FIELD_CHOICES).optional(),
  batch: positive.optional(),
  overlap: z.number().min(0).max(0.95).default(0),
  loss: names(LOSSES).default(DEFAULT_LOSS),
  learningRate: z.number().positive().max(10).default(1e-3),
  // without a default, so that checkpoints from before it are of the same training
  precision: z.enum(TRAINING_PRECISIONS).optional(),
  schedule: names(SCHEDULES).default(DEFAULT_SCHEDULE),
  epochs: positive.default(15),
  stepsPerEpoch: positive.default(250),
  foregroundShare: z.number().min(0).max(1).default(0),
  augmentation: z.array(names(AUGMENTATIONS)).default([]),
  momentum: z.number().min(0).lt(1).default(0.99),
  dropout: z.boolean().default(true),
  threshold: z.number().min(0).max(1).default(DEFAULT_THRESHOLD),
  seed: whole.default(1),
}) satisfies z.ZodType<TrainingSettings>;

const fileName = z.string().regex(
  /^[a-z0-9][a-z0-9._-]*$/,
  "a name is small letters, digits, '.', '_' and '-'",
);

const fileSchema = z.strictObject({
  schema: z.literal("stackbench/training"),
  version: z.literal(1),
  name: fileName,
  description: z.string().default(""),
  dataset: z.union([
    z.strictObject({
      phantom: z.strictObject({
        scans: positive,
        shape: z.tuple([positive, positive, positive]),
        seed: whole.default(1),
        healthy: z.number().min(0).max(1).optional(),
      }),
    }),
    z.strictObject({ manifest: z.string().min(1) }),
  ]),
  folds: z.strictObject({ count: z.int().min(3), seed: whole.default(1) }).nullable().default(null),
  defaults: z.record(z.string(), z.unknown()).default({}),
  trainings: z.array(z.looseObject({ name: fileName })).min(1),
});

/**
 * Checks settings and fills in their defaults.
 *
 * @throws InputError that names every setting that breaks a rule
 *
 * @example
 * ```ts
 * import { parseSettings } from "./settings.ts";
 * import assert from "node:assert/strict";
 * assert.equal(parseSettings({ model: "vnet:small" }, "here").learningRate, 1e-3);
 * ```
 */
export function parseSettings(value: unknown, where: string): TrainingSettings {
  const parsed = settingsSchema.safeParse(value);
  if (!parsed.success) throw broken(where, parsed.error.issues);
  return parsed.data;
}

/**
 * Reads a training file.
 *
 * @throws InputError when it cannot be read or breaks a rule
 */
export function readTrainingFile(path: string): TrainingFile {
  let value: unknown;
  try {
    value = readJsonFile(path);
  } catch (error) {
    throw new InputError(`the training file ${path} could not be read: ${messageOf(error)}`, {
      cause: error,
      advice: "name a JSON file, such as benchmarks/training/phantom.json",
    });
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) throw broken(path, parsed.error.issues);
  const { defaults, trainings, ...rest } = parsed.data;
  const all = trainings.map(({ name, ...own }, i): NamedTraining => ({
    name,
    ...parseSettings({ ...defaults, ...own }, `${path}: trainings.${i} (${name})`),
  }));
  const twice = all.find(({ name }, i) => all.findIndex((other) => other.name === name) < i);
  if (twice) {
    throw new InputError(`${path}: two trainings are named ${twice.name}`, {
      advice: "give each a name of its own: it is the name of its folder",
    });
  }
  return { ...rest, trainings: all };
}

function broken(
  where: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): InputError {
  const problems = issues.map(({ path, message }) => `${path.join(".") || "top"}: ${message}`);
  return new InputError(`${where} breaks the rules of a training: ${problems.join("; ")}`, {
    advice: "benchmarks/training/phantom.json is an example",
    details: { problems },
  });
}
