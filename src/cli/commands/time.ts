/**
 * `stackbench time`: seconds of one execution of a model's graph.
 *
 * @module
 */

import { type Command, Option } from "@commander-js/extra-typings";
import {
  backendOption,
  jsonOption,
  MODEL_HELP,
  nonEmpty,
  openBackend,
  positiveNumber,
  precisionOption,
  quietOption,
  requireQuiet,
  seedOption,
  sizes,
  strictOption,
  stripPrefixOption,
  wholeNumber,
} from "../options.ts";
import type { Backend, BackendName, Precision } from "../../backends/backend.ts";
import { requireWritable } from "../../base/atomic.ts";
import { MissingError } from "../../base/errors.ts";
import { alignColumns } from "../../base/text_table.ts";
import type { TimingRequest, TimingTarget } from "../../bench/timing_session.ts";
import { DEFAULT_WEIGHTING } from "../../imaging/stitching.ts";
import { EXAMPLE_MODELS } from "../../models/examples.ts";
import type { Planning } from "../../plan/mod.ts";
import type { ProfileRecord, TimeRecord } from "../../results/mod.ts";
import type { PreparedModel } from "../../segmentation/mod.ts";
import { interruptible } from "../interruption.ts";
import { profileTable } from "../profile_table.ts";
import { drawError, errorIsTerminal, writeError, writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench time --model ${EXAMPLE_MODELS.paperStacks} --input 32x512x512
  stackbench time --model ${EXAMPLE_MODELS.paperSlices} --precision bf16 --batch 4 --json
  stackbench time --model ${EXAMPLE_MODELS.stacks} --profile --svg roofline.svg
  stackbench time --model ${EXAMPLE_MODELS.paperStacks} --predict h200 --precision bf16

Random weights unless some are given, random input, scope network: no reading, resizing or
stitching. A profile times every step by itself, against the peaks of this machine, which are
measured before and after. A prediction runs nothing: it counts the kernels of a pass, their bytes and
operations, and says what a device that is not here may make of them.
`;

/** Adds the command. */
export function time(program: Command): void {
  program.command("time")
    .description("time the execution of one model (scope network)")
    .requiredOption("--model <name>", MODEL_HELP)
    .option("--input <sizes>", "spatial sizes, such as 32x512x512", sizes)
    .option("--batch <n>", "samples at once", positiveNumber, 1)
    .option("--options <list>", "settings of the model, k=v,...")
    .option("--weights <file>", "safetensors instead of random weights", nonEmpty)
    .addOption(stripPrefixOption())
    .addOption(backendOption())
    .addOption(precisionOption())
    .option("--warmup <n>", "runs before the first timed one", wholeNumber, 1)
    .option("--repeat <n>", "timed runs, in each process", positiveNumber, 5)
    .option(
      "--processes <n>",
      "fresh processes to time it in; three give an interval",
      positiveNumber,
      1,
    )
    .option("--profile", "also the time of every step, and its share of the machine's peaks")
    .addOption(
      new Option("--svg <file>", "draw the profile as a roofline").argParser(nonEmpty)
        .implies({ profile: true }),
    )
    .option("--predict <device>", "run nothing: predict the time on such a GPU", nonEmpty)
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(strictOption())
    .addHelpText("after", EXAMPLES)
    .action(async (options) => {
      if (options.predict !== undefined) return await tellPrediction(options, options.predict);
      if (options.svg !== undefined) requireWritable(options.svg);
      const record = await timed(options);
      if (options.svg !== undefined && record.profile) await draw(record.profile, options.svg);
      const warnings = [...record.warnings, ...record.timing.warnings];
      if (!options.quiet) {
        for (const { message, advice } of warnings) {
          writeError(`warning: ${message}\n  ${advice}\n`);
        }
      }
      if (options.json) writeJson(record);
      else {
        writeOut(describe(record));
        if (record.profile) writeOut(`\n${profileTable(record.profile)}`);
      }
      requireQuiet(warnings.length, options.strict);
    });
}

/** What the command line asks for. */
interface Options {
  readonly model: string;
  readonly input?: readonly number[];
  readonly batch: number;
  readonly options?: string;
  readonly weights?: string;
  readonly stripPrefix?: string;
  readonly backend: BackendName | "auto";
  readonly precision: Precision;
  readonly warmup: number;
  readonly repeat: number;
  readonly processes: number;
  readonly profile?: true;
  readonly seed: number;
  readonly json?: true;
  readonly quiet?: true;
}

/** Tells how long a pass may take on a device that is not here. */
async function tellPrediction(
  { model: name, input, batch, options, precision, json }: Options,
  device: string,
): Promise<void> {
  const { buildModel, parseOptions, resolveModel } = await import("../../models/mod.ts");
  const { makePlan } = await import("../../plan/mod.ts");
  const { predictPass } = await import("../../backends/mod.ts");
  const { predictionTable } = await import("../prediction_table.ts");
  const model = buildModel(await resolveModel(name), {
    spatial: input,
    batch,
    options: parseOptions(options ?? ""),
  });
  const plan = (planning: Planning) => makePlan(model.graph, planning);
  const prediction = predictPass(plan, precision, device);
  const facts = { model: model.name, scope: "network", input: model.inputShape, precision };
  if (json) return writeJson({ ...facts, ...prediction });
  writeOut(predictionTable(prediction));
}

/** Times the network that is asked for. */
async function timed(options: Options): Promise<TimeRecord> {
  const { parseOptions, resolveModel } = await import("../../models/mod.ts");
  const { graphHash, trainableParameters } = await import("../../graph/graph.ts");
  const { prepareModel, requireFeasible } = await import("../../segmentation/mod.ts");
  const { environmentRecord, factWarnings, momentWarnings, startRecord, toolRecord } = await import(
    "../../results/mod.ts"
  );
  const { timeInTurn } = await import("../../bench/timed_processes.ts");
  const { seed, precision, quiet } = options;
  const started = startRecord();
  const request = {
    model: await resolveModel(options.model),
    input: options.input,
    options: parseOptions(options.options ?? ""),
    weights: options.weights ?? null,
    stripPrefix: options.stripPrefix,
    batch: options.batch,
    overlap: 0,
    stitching: DEFAULT_WEIGHTING,
  };
  const prepared = prepareModel(request, seed);
  const { model, flops, weightsFrom, notes } = prepared;
  if (!quiet) notes.forEach((note) => writeError(`note: ${note}\n`));
  using backend = await openBackend(options.backend, quiet);
  if (options.backend === "auto") requireFeasible(backend, model, flops);
  const open = await opener(
    { model: request, backend: backend.name, precision, seed, scan: null },
    options.processes,
    backend,
  );
  const rounds = {
    processes: options.processes,
    warmup: options.warmup,
    repeats: options.repeat,
    caseRepeats: 0,
  };
  const { createProgress } = await import("../../progress/mod.ts");
  using progress = createProgress({
    quiet: quiet ?? false,
    terminal: errorIsTerminal(),
    write: drawError,
  });
  const [{ timings, memory, device }] = await interruptible(
    "nothing is kept",
    (signal) =>
      timeInTurn([{ key: model.name, open, scan: null }], rounds, { seed, progress, signal }),
  );
  const profile = options.profile ? await profileHere(prepared, backend, options) : undefined;
  const environment = environmentRecord(backend);
  const timing = {
    inference: timings,
    ...(device ? { device: [{ model: model.name, ...device }] } : {}),
  };
  const tool = toolRecord();
  return {
    schema: "stackbench/time",
    version: 1,
    tool,
    environment,
    model: {
      name: model.name,
      dimensions: model.dimensions,
      input: model.inputShape,
      options: request.options,
      parameters: trainableParameters(model.graph),
      flops,
      graphHash: graphHash(model.graph),
      weights: weightsFrom,
    },
    precision,
    seed,
    memory,
    timing: { ...timing, warnings: momentWarnings(timing, started, environment.cpu.cores) },
    warnings: factWarnings({ tool, environment, models: [], dataset: { cases: [] }, timing }),
    ...(profile ? { profile } : {}),
  };
}

/** Makes the model ready: in this process where one is enough, else in a fresh one each time. */
async function opener(
  request: TimingRequest,
  processes: number,
  backend: Backend,
): Promise<() => Promise<TimingTarget>> {
  const { openSession } = await import("../../bench/timing_session.ts");
  if (processes === 1) return () => Promise.resolve(openSession(request, backend));
  const { selfCommand } = await import("../../bench/self_command.ts");
  const { openInProcess } = await import("../../bench/timing_client.ts");
  const { modelSource } = await import("../../models/mod.ts");
  const command = selfCommand("serve-timing");
  if (command === null) {
    throw new MissingError("this process may start no others", {
      advice: "allow it to run deno (--allow-run=deno), or leave out --processes",
    });
  }
  const { model } = request;
  const own = { ...request, model: { ...model, model: modelSource(model.model) } };
  return () => openInProcess(command, own);
}

function describe({ model, environment: { backend }, precision, timing }: TimeRecord): string {
  const [{ processes, median, interval, intervalReason, gflopPerSecond }] = timing.inference;
  const seconds = processes.flatMap(({ samples }) => samples.map((sample) => sample.seconds));
  const range = [Math.min(...seconds), Math.max(...seconds)];
  const of = `${processes.length} x ${processes[0].samples.length} runs (processes x runs in each)`;
  return alignColumns([
    ["model", model.name],
    ["input", model.input.join("x")],
    ["backend", `${backend.name}, ${precision}, ${backend.threads} threads`],
    ["median", `${median.toFixed(4)} s of ${of}`],
    [
      "95 % interval",
      interval
        ? `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)} s`
        : `none: ${intervalReason}`,
    ],
    ["range", range.map((one) => one.toFixed(4)).join(" to ") + " s"],
    ["rate", `${gflopPerSecond.toFixed(1)} GFLOP/s (taps inside the input)`],
  ]);
}

/** Times whole runs and steps in turn, between two measurements of the machine's peaks. */
async function profileHere(
  { model, weights }: PreparedModel,
  backend: Backend,
  { precision, seed, warmup, repeat }: Options,
): Promise<ProfileRecord> {
  const { makePlan } = await import("../../plan/mod.ts");
  const { ELEMENT_BYTES, higherPeaks, measurePeaks } = await import("../../bench/peaks.ts");
  const { profileNetwork, profileRecord } = await import("../../bench/profile.ts");
  const plan = makePlan(model.graph, backend.planning);
  using executable = backend.lower(plan, weights, precision);
  const before = measurePeaks(backend, precision, seed);
  const profiled = await profileNetwork(executable, seed, { warmup, repeats: repeat }, () => {});
  const peaks = higherPeaks(before, measurePeaks(backend, precision, seed));
  return profileRecord(plan, profiled, peaks, ELEMENT_BYTES[precision]);
}

async function draw(profile: ProfileRecord, path: string): Promise<void> {
  const { roofline } = await import("../../report/mod.ts");
  const { svg } = await import("../../report/plots/svg.ts");
  const { writeAtomically } = await import("../../base/atomic.ts");
  writeAtomically(path, [await svg(roofline(profile))]);
}
