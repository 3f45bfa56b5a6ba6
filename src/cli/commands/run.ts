/**
 * `stackbench run`: a suite, from scans to a results file.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { join, resolve } from "node:path";
import type { Precision } from "../../backends/backend.ts";
import { InputError, StackbenchError } from "../../base/errors.ts";
import type { Suite } from "../../bench/suite.ts";
import { EXAMPLE_MODELS } from "../../models/examples.ts";
import type { ModelName } from "../../models/mod.ts";
import { chosenCases } from "../cases_option.ts";
import { interruptible } from "../interruption.ts";
import {
  backendOption,
  jsonOption,
  nonEmpty,
  openBackend,
  positiveNumber,
  precisionOption,
  quietOption,
  requireQuiet,
  sizes,
  strictOption,
  wholeNumber,
} from "../options.ts";
import { scansOf, usableCases } from "../scans.ts";
import { requestedShard, shardOf } from "../shard_option.ts";
import { summaryOf } from "../summary.ts";
import { drawError, errorIsTerminal, writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench run                                     the quick suite, on a seeded phantom
  stackbench run --suite my-suite.json --out results/mine
  stackbench run --data manifest.json --model ${EXAMPLE_MODELS.paperStacks} --model ${EXAMPLE_MODELS.paperSlices} --size 512x512
  stackbench run --resume                            go on after an interruption
  stackbench run --shard 3/8                         a part of eight; stackbench merge puts them together
`;

/** What the command line may change of a suite. */
interface Overrides {
  readonly data?: string;
  readonly model?: readonly string[];
  readonly size?: readonly number[];
  readonly precision?: Precision;
  readonly repeats?: number;
  readonly seed?: number;
}

/** Adds the command. */
export function run(program: Command): void {
  program.command("run")
    .description("run a suite: models over scans, masks and a results JSON")
    .option("--suite <name>", "name in benchmarks/suites, or a JSON file", nonEmpty, "quick")
    .option("--data <manifest>", "scans of this manifest instead of the suite's", nonEmpty)
    .option("--model <name>", "this model instead of the suite's (may come again)", collect)
    .option("--size <HxW>", "rows and columns that the models see", sizes)
    .option("--repeats <n>", "timed repetitions in every scope", positiveNumber)
    .option("--seed <n>", "seed of everything random", wholeNumber)
    .addOption(backendOption())
    .addOption(precisionOption().default(undefined, "the suite's"))
    .option("--out <folder>", "where results go (default: out/NAME OF THE SUITE)", nonEmpty)
    .option("--resume", "go on with what an interrupted run left in --out")
    .option("--overwrite", "replace the results of an earlier run in --out")
    .option("--cases <list>", "these scans only: places from 0, ranges, ids", nonEmpty)
    .option(
      "--shard <part>",
      "this part only, I/N; auto: as Slurm's array or Kubernetes' indexed Job says",
      shardOf,
    )
    .option("--shards <n>", "parts in all, where the environment says which alone", positiveNumber)
    .option("--skip-faulty", "go on without scans that cannot be used, and count them")
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(strictOption())
    .addHelpText("after", EXAMPLES)
    .action(async (options) => {
      const { loadSuite, parseSuite } = await import("../../bench/suite.ts");
      const { requireFolder } = await import("../../bench/run_folder.ts");
      const { runSuite } = await import("../../bench/run_suite.ts");
      const { partFolder, partOfRun } = await import("../../bench/run_part.ts");
      const { scansOfSuite } = await import("../../bench/run_scans.ts");
      const { buildModel, parseModelName, resolveModel } = await import("../../models/mod.ts");
      const { createProgress } = await import("../../progress/mod.ts");
      const loaded = await loadSuite(options.suite);
      const model = options.model &&
        await Promise.all(options.model.map((one) => resolveModel(one)));
      const changed = override(loaded.suite, { ...options, model }, parseModelName);
      const suite = parseSuite(changed, options.suite);
      const { resume = false, overwrite = false } = options;
      const asked = requestedShard(options.shard, options.shards);
      const whole = options.out ?? join("out", suite.name);
      const folder = {
        out: asked ? join(whole, partFolder(asked)) : whole,
        resume,
        overwrite,
      };
      const { out } = folder;
      using progress = createProgress({
        quiet: options.quiet ?? false,
        terminal: errorIsTerminal(),
        write: drawError,
      });
      const result = await interruptible(
        "the scans that were finished are kept: add --resume to go on",
        async (signal) => {
          // what is wrong with the suite shows before anything is fetched or made
          for (const { model, input, batch, options } of suite.models) {
            buildModel(model, { spatial: input, batch: batch === "auto" ? 1 : batch, options });
          }
          if (suite.overlap) {
            const { model, input, options } = suite.overlap;
            buildModel(model, { spatial: input, batch: 1, options });
          }
          requireFolder(folder);
          const manifest = await scansOf(suite.dataset, {
            seed: suite.seed,
            folder: loaded.folder,
            progress,
            signal,
          });
          const chosen = options.cases === undefined
            ? undefined
            : chosenCases(options.cases, manifest.cases.map(({ id }) => id));
          const wanted = scansOfSuite(suite, manifest.cases, chosen);
          const skipFaulty = options.skipFaulty ?? false;
          const context = { needsTruth: false, skipFaulty, progress, signal };
          const shareOut = (scans: typeof wanted) => asked && partOfRun(scans, asked, manifest);
          // who leaves scans out must know of all of them, or parts would not fit together
          const early = skipFaulty ? undefined : shareOut(wanted);
          const checked = early
            ? wanted.filter(({ index }) => early.cases.includes(index))
            : wanted;
          const usable = new Set((await usableCases(checked, context)).map(({ index }) => index));
          const skipped = checked.filter(({ index }) => !usable.has(index));
          const shard = early ?? shareOut(wanted.filter(({ index }) => usable.has(index)));
          using backend = await openBackend(options.backend, options.quiet, "fast");
          return await runSuite({
            loaded: { suite, folder: loaded.folder },
            manifest,
            skipped: skipped.map(({ index }) => index),
            chosen,
            shard,
            backend,
            ...folder,
            progress,
            signal,
          });
        },
      );
      const path = join(out, "result.json");
      if (options.json) writeJson(result);
      else {
        const panels = result.experiments.masks?.status === "done"
          ? `panels:  ${join(out, "panels")}\n`
          : "";
        const masks = `masks:   ${join(out, "masks")}\n`;
        writeOut(`${summaryOf(result)}\nresults: ${path}\n${masks}${panels}`);
      }
      const { failures, predictions, warnings, timing } = result;
      if (failures.length > 0) {
        const all = failures.length + predictions.length;
        throw new StackbenchError(`${failures.length} of ${all} predictions failed`, {
          advice: "the results say which and why; the others are sound",
        });
      }
      requireQuiet(warnings.length + timing.warnings.length, options.strict);
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Finds a model by its name. */
type ModelLookup = (name: string) => ModelName;

/** A suite with what the command line changes of it. */
function override(suite: Suite, changes: Overrides, modelOf: ModelLookup): unknown {
  const [template] = suite.models;
  const models = (changes.model ?? suite.models).map((model) => {
    const entry = typeof model === "string"
      ? { model, stitching: template.stitching, filling: template.filling, weights: null }
      : model;
    return changes.size ? { ...entry, input: withPlane(entry, changes.size, modelOf) } : entry;
  });
  // what the suite says of one model's training says nothing of another's
  const overlap = changes.model || !suite.overlap || !changes.size
    ? changes.model ? null : suite.overlap
    : { ...suite.overlap, input: withPlane(suite.overlap, changes.size, modelOf) };
  const { repeats } = changes;
  // what runs other scans or models is not the suite of that name any more
  const name = changes.data || changes.model ? `${suite.name}-custom` : suite.name;
  return {
    ...suite,
    name,
    models,
    overlap,
    ...(changes.data ? { dataset: { manifest: resolve(changes.data) } } : {}),
    ...(changes.precision ? { precision: changes.precision } : {}),
    ...(changes.seed !== undefined ? { seed: changes.seed } : {}),
    ...(repeats ? { timing: { ...suite.timing, repeats } } : {}),
  };
}

/** Spatial sizes of a model for slices of H x W; a stack keeps its depth. */
function withPlane(
  { model: name, input }: { readonly model: string; readonly input?: readonly number[] },
  plane: readonly number[],
  modelOf: ModelLookup,
): number[] {
  const [height, width] = plane.length === 1 ? [plane[0], plane[0]] : plane;
  if (plane.length > 2) {
    throw new InputError("--size takes rows and columns, such as 512x512", {
      advice: "name a suite to choose the depth of stacks",
    });
  }
  const { model, variant } = modelOf(name);
  if (model.dimensions === 2) return [height, width];
  const [depth] = input?.length === 3 ? input : model.variants[variant].spatial;
  return [depth, height, width];
}
