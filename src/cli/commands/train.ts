/**
 * `stackbench train`: models learn from scans.
 *
 * @module
 */

import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { dirname, join } from "node:path";
import type { Backend } from "../../backends/backend.ts";
import { InputError } from "../../base/errors.ts";
import type { LoadedCase } from "../../datasets/mod.ts";
import { LOSSES, STEADY_LOSS } from "../../graph/losses.ts";
import type { FieldChoice } from "../../imaging/mod.ts";
import { EXAMPLE_MODELS } from "../../models/examples.ts";
import type { Progress } from "../../progress/mod.ts";
import type {
  NamedTraining,
  TrainingFile,
  TrainingOutcome,
  TrainingSettings,
  TrainingWatch,
} from "../../training/mod.ts";
import { AUGMENTATIONS } from "../../training/augmentation.ts";
import { TRAINING_PRECISIONS } from "../../training/precisions.ts";
import { SCHEDULES } from "../../training/schedule.ts";
import { interruptible } from "../interruption.ts";
import {
  anyNumber,
  backendOption,
  fieldOption,
  jsonOption,
  MODEL_HELP,
  nonEmpty,
  openBackend,
  positiveNumber,
  quietOption,
  requireQuiet,
  seedOption,
  sizes,
  strictOption,
  wholeNumber,
} from "../options.ts";
import { scansOf, type ScansRequest, usableCases } from "../scans.ts";
import { drawError, errorIsTerminal, writeJson, writeOut } from "../terminal.ts";
import type { TrainingPage } from "../training_page.ts";

const TWO_CHANGES = Object.keys(AUGMENTATIONS).slice(0, 2).join(",");

const EXAMPLES = `
Examples:
  stackbench train --model ${EXAMPLE_MODELS.stacks} --data phantom --epochs 2 --out trained/vnet
  stackbench train --model ${EXAMPLE_MODELS.slices} --data manifest.json --augment ${TWO_CHANGES} --out trained/unet
  stackbench train --file benchmarks/training/phantom.json --out trained
  stackbench train ... --resume                      go on after an interruption
`;

/** The phantom of \`--data phantom\`. */
const PHANTOM = { scans: 20, shape: [64, 128, 128], seed: 1 } as const;

/** One training of the command. */
interface Job {
  readonly label: string;
  readonly settings: TrainingSettings;
  readonly cases: readonly LoadedCase[];
  readonly out: string;
}

/** Adds the command. */
export function train(program: Command): void {
  program.command("train")
    .description("train a model on scans with masks, or all models of a training file")
    .option("--model <name>", MODEL_HELP, nonEmpty)
    .option("--data <manifest>", "scans with masks: a manifest, or phantom", nonEmpty)
    .option("--file <json>", "a training file, instead of --model and --data", nonEmpty)
    .option("--only <name>", "this training of the file (may come again)", collect)
    .option("--fold <n>", "this fold of the file, from 0 (may come again)", collectFolds)
    .option(
      "--out <folder>",
      "where weights, checkpoint and log go (default: out/train/ and the name of model or file)",
      nonEmpty,
    )
    .option("--epochs <n>", "epochs", positiveNumber)
    .option("--steps <n>", "steps an epoch", positiveNumber)
    .option("--overlap <share>", "share of each stack that overlaps the next", anyNumber)
    .option("--input <sizes>", "spatial sizes, such as 32x128x128", sizes)
    .addOption(fieldOption())
    .option("--batch <n>", "stacks or slices a step", positiveNumber)
    .option("--options <list>", "settings of the model, k=v,...")
    .option("--loss <name>", namesOf(LOSSES))
    .option("--learning-rate <rate>", "the highest learning rate of Adam", anyNumber)
    .option("--precision <name>", `what the passes compute in: ${TRAINING_PRECISIONS.join(", ")}`)
    .option("--schedule <name>", namesOf(SCHEDULES))
    .option("--foreground-share <share>", "share drawn from what holds foreground", anyNumber)
    .option("--augment <list>", Object.keys(AUGMENTATIONS).join(","), list)
    .addOption(seedOption().default(undefined, "1"))
    .addOption(backendOption())
    .option("--resume", "go on with what a stopped training left in --out")
    .option("--skip-faulty", "go on without scans that cannot be used")
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(strictOption())
    .addHelpText("after", EXAMPLES)
    .action(async (options) => {
      const { createProgress } = await import("../../progress/mod.ts");
      const plan = await planOf(options);
      using progress = createProgress({
        quiet: options.quiet ?? false,
        terminal: errorIsTerminal(),
        write: drawError,
      });
      let warnings = 0;
      const outcomes = await interruptible(
        "what was learned so far is kept: add --resume to go on",
        async (signal) => {
          const { seed, folder } = plan;
          const context = { seed, folder, progress, signal };
          const { cases, manifest } = await scansOf(plan.scans, context);
          const planned = await jobsOf(
            plan,
            options.fold,
            cases,
            options.out ?? join("out", "train", plan.name),
          );
          const jobs = await checkedJobs(planned, {
            needsTruth: true,
            skipFaulty: options.skipFaulty ?? false,
            progress,
            signal,
          });
          using backend = await openBackend(options.backend, options.quiet, "fast");
          const done: TrainingOutcome[] = [];
          const { TrainingPage } = await import("../training_page.ts");
          for (const job of jobs) {
            const page = new TrainingPage({ ...job, isPublic: manifest.public });
            const watch = watchOf(job.label, page, progress, () => warnings++);
            done.push(await runJob(job, backend, options.resume ?? false, watch, progress, signal));
            await page.write();
          }
          return jobs.map(({ label, out }, i) => ({ label, out, outcome: done[i] }));
        },
      );
      if (options.json) writeJson(outcomes.map(({ outcome }) => outcome));
      else for (const { label, out, outcome } of outcomes) writeOut(describe(label, out, outcome));
      requireQuiet(warnings, options.strict);
    });
}

/** What the command line asks for. */
interface TrainPlan {
  /** Name of the file, or of the model with `-` for `:`. */
  readonly name: string;
  readonly scans: ScansRequest;
  readonly folder: string;
  readonly seed: number;
  readonly folds: TrainingFile["folds"];
  readonly trainings: readonly NamedTraining[];
  /** Whether each training gets a folder of its own. */
  readonly nested: boolean;
}

/** What may be said on the command line. */
interface Options {
  readonly model?: string;
  readonly data?: string;
  readonly file?: string;
  readonly only?: readonly string[];
  readonly epochs?: number;
  readonly steps?: number;
  readonly overlap?: number;
  readonly input?: readonly number[];
  readonly field?: FieldChoice;
  readonly batch?: number;
  readonly options?: string;
  readonly loss?: string;
  readonly learningRate?: number;
  readonly precision?: string;
  readonly schedule?: string;
  readonly foregroundShare?: number;
  readonly augment?: readonly string[];
  readonly seed?: number;
}

async function planOf(options: Options): Promise<TrainPlan> {
  const { parseSettings, readTrainingFile } = await import("../../training/mod.ts");
  const { buildModel, parseOptions, resolveModel } = await import("../../models/mod.ts");
  const model = options.model && await resolveModel(options.model);
  const changes = defined({
    model,
    epochs: options.epochs,
    stepsPerEpoch: options.steps,
    overlap: options.overlap,
    input: options.input,
    field: options.field,
    batch: options.batch,
    options: options.options === undefined ? undefined : parseOptions(options.options),
    loss: options.loss,
    learningRate: options.learningRate,
    precision: options.precision,
    schedule: options.schedule,
    foregroundShare: options.foregroundShare,
    augmentation: options.augment,
    seed: options.seed,
  });
  const check = async (training: NamedTraining, folder: string): Promise<NamedTraining> => {
    const { name, ...settings } = training;
    const model = await resolveModel(settings.model, folder);
    const checked = { name, ...parseSettings({ ...settings, model, ...changes }, name) };
    buildModel(checked.model, { options: checked.options, spatial: checked.input });
    return checked;
  };
  if (options.file !== undefined) {
    if (options.model !== undefined || options.data !== undefined) {
      throw new InputError("--file names models and scans itself", {
        advice: "leave out --model and --data",
      });
    }
    const { name, dataset, folds, trainings } = readTrainingFile(options.file);
    const chosen = choose(trainings, options.only);
    const folder = dirname(options.file);
    return {
      name,
      scans: dataset,
      folder,
      seed: 1,
      folds,
      trainings: await Promise.all(chosen.map((one) => check(one, folder))),
      nested: true,
    };
  }
  if (options.only !== undefined) {
    throw new InputError("--only chooses from the trainings of a --file, and none is given", {
      advice: "add --file, or leave out --only",
    });
  }
  if (model === undefined || options.data === undefined) {
    throw new InputError("a training needs --model and --data, or --file", {
      advice: "stackbench train --help shows examples",
    });
  }
  const scans = options.data === "phantom" ? { phantom: PHANTOM } : { manifest: options.data };
  const settings = parseSettings(changes, "the command line");
  const trainings = [await check({ name: model, ...settings }, "")];
  const name = model.replaceAll(":", "-");
  return { name, scans, folder: "", seed: 1, folds: null, trainings, nested: false };
}

function choose(
  trainings: readonly NamedTraining[],
  only: readonly string[] | undefined,
): readonly NamedTraining[] {
  const unknown = only?.filter((name) => !trainings.some((one) => one.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new InputError(`the file has no training ${unknown.join(", ")}`, {
      advice: `it has ${trainings.map(({ name }) => name).join(", ")}`,
    });
  }
  return trainings.filter(({ name }) => only?.includes(name) ?? true);
}

/** Every training, in a cross-validation once for each fold. */
async function jobsOf(
  { trainings, folds, nested }: TrainPlan,
  chosen: readonly number[] | undefined,
  cases: readonly LoadedCase[],
  out: string,
): Promise<Job[]> {
  const { casesOfFold } = await import("../../datasets/mod.ts");
  const unknown = chosen?.filter((fold) => fold >= (folds?.count ?? 0)) ?? [];
  if (unknown.length > 0) {
    throw new InputError(`there is no fold ${unknown.join(", ")} among ${folds?.count ?? 0}`, {
      advice: "folds count from 0; a training without a cross-validation has none",
    });
  }
  return trainings.flatMap(({ name, ...settings }): Job[] => {
    const folder = nested ? join(out, name) : out;
    if (folds === null) return [{ label: name, settings, cases, out: folder }];
    const all = Array.from({ length: folds.count }, (_, fold) => fold);
    return all.filter((fold) => chosen?.includes(fold) ?? true).map((fold): Job => ({
      label: `${name}, fold ${fold + 1} of ${folds.count}`,
      settings,
      cases: casesOfFold(cases, folds, fold),
      out: join(folder, `fold-${fold}`),
    }));
  });
}

/** The trainings with the cases that can be used; what is only tested on is not looked at. */
async function checkedJobs(
  jobs: readonly Job[],
  context: Parameters<typeof usableCases>[1],
): Promise<readonly Job[]> {
  const learned = new Map(
    jobs.flatMap(({ cases }) => cases).filter(({ split }) => split !== "test")
      .map((one) => [one.index, one]),
  );
  const usable = await usableCases([...learned.values()], context);
  const kept = new Set(usable.map(({ index }) => index));
  return jobs.map((job) => ({
    ...job,
    cases: job.cases.filter(({ index, split }) => split === "test" || kept.has(index)),
  }));
}

async function runJob(
  { label, settings, cases, out }: Job,
  backend: Backend,
  resume: boolean,
  watch: TrainingWatch,
  progress: Progress,
  signal: AbortSignal,
): Promise<TrainingOutcome> {
  const { train } = await import("../../training/mod.ts");
  progress.note(`${label}: reading scans`);
  const outcome = await train({ settings, cases, backend, out, resume, watch, signal });
  progress.stop();
  const { readLog } = await import("../../training/mod.ts");
  const { lossPlot } = await import("../../report/mod.ts");
  const { writeAtomically } = await import("../../base/atomic.ts");
  writeAtomically(join(out, "loss.svg"), [await lossPlot(readLog(join(out, "training.jsonl")))]);
  return outcome;
}

/**
 * Shows a training: a bar an epoch with the loss, a line and the page for each validation.
 *
 * @param onWarning called for each warning
 */
function watchOf(
  label: string,
  page: TrainingPage,
  progress: Progress,
  onWarning: () => void,
): TrainingWatch {
  let last: number | null = null;
  return {
    note(message) {
      if (message.startsWith("warning:")) onWarning();
      progress.note(message);
    },
    epoch(epoch, epochs, steps, done) {
      const dice = last === null ? "" : `, Dice ${last.toFixed(3)}`;
      progress.start(`${label}: epoch ${epoch}/${epochs}${dice}`, steps);
      progress.advance(done);
    },
    step: (loss) => progress.advance(1, `loss ${loss.toFixed(3)}`),
    async validated(line, scans) {
      const { epoch, meanLoss, dice, empty, best } = line;
      last = dice;
      const found = dice === null ? "Dice undefined" : `validation Dice ${dice.toFixed(4)}`;
      const mark = best ? ", the best so far" : "";
      progress.note(`${label}: epoch ${epoch}: loss ${meanLoss.toFixed(4)}, ${found}${mark}`);
      if (empty) {
        onWarning();
        progress.note(
          `warning: ${label} predicts nothing at all: it may have collapsed to empty masks. ` +
            "Train longer, lower --learning-rate, choose " +
            `--loss ${STEADY_LOSS}, or a model with normalisation`,
        );
      }
      await page.validated(line, scans);
    },
    recalled: (scans) => page.recalled(scans),
  };
}

function describe(label: string, out: string, { steps, best, weights }: TrainingOutcome): string {
  const dice = best === null
    ? "validation Dice was never defined"
    : `best after epoch ${best.epoch}: validation Dice ${best.dice.toFixed(4)}`;
  return `${label}: ${steps} steps; ${dice}\n` +
    `  best weights: ${join(out, "best.safetensors")}, SHA-256 ${weights.best}\n` +
    `  last weights: ${join(out, "last.safetensors")}, SHA-256 ${weights.last}\n` +
    `  page: ${join(out, "index.html")}\n`;
}

/** The names of a table, in words. */
function namesOf(table: Readonly<Record<string, unknown>>): string {
  return Object.keys(table).join(", ");
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function collectFolds(value: string, before: readonly number[] = []): number[] {
  return [...before, wholeNumber(value)];
}

function list(text: string): string[] {
  const names = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  if (names.length === 0) throw new InvalidArgumentError("must name something.");
  return names;
}

function defined(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
