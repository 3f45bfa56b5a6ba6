/**
 * `stackbench time`: seconds of one execution of a model's graph.
 *
 * @module
 */

import { type Command, Option } from "@commander-js/extra-typings";
import {
  backendOption,
  jsonOption,
  nonEmpty,
  openBackend,
  positiveNumber,
  precisionOption,
  quietOption,
  seedOption,
  sizes,
  wholeNumber,
} from "../options.ts";
import type { Backend, Executable, Precision } from "../../backends/backend.ts";
import { requireWritable } from "../../base/atomic.ts";
import { alignColumns } from "../../base/columns.ts";
import type { Repetitions } from "../../bench/timer.ts";
import type { Planning } from "../../plan/mod.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ProfileRecord } from "../../results/mod.ts";
import { profileTable } from "../profile_table.ts";
import { writeError, writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench time --model vnet:paper206 --input 32x512x512
  stackbench time --model unet --precision bf16 --batch 4 --json
  stackbench time --model vnet:small --profile --svg roofline.svg
  stackbench time --model vnet:paper206 --predict h200 --precision bf16

Random weights unless some are given, random input, scope network: no reading, resizing or
stitching. A profile times every step by itself, against the peaks of this machine, which are
measured before and after. A prediction runs nothing: it counts the kernels of a pass, their bytes and
operations, and says what a device that is not here may make of them.
`;

/** Adds the command. */
export function time(program: Command): void {
  program.command("time")
    .description("time the execution of one model (scope network)")
    .requiredOption("--model <name>", "name such as vnet:paper206")
    .option("--input <sizes>", "spatial sizes, such as 32x512x512", sizes)
    .option("--batch <n>", "samples at once", positiveNumber, 1)
    .option("--options <list>", "settings of the model, k=v,...")
    .option("--weights <file>", "safetensors instead of random weights", nonEmpty)
    .addOption(backendOption())
    .addOption(precisionOption())
    .option("--warmup <n>", "runs before the first timed one", wholeNumber, 1)
    .option("--repeat <n>", "timed runs", positiveNumber, 5)
    .option("--profile", "also the time of every step, and its share of the machine's peaks")
    .addOption(
      new Option("--svg <file>", "draw the profile as a roofline").argParser(nonEmpty)
        .implies({ profile: true }),
    )
    .option("--predict <device>", "run nothing: predict the time on such a GPU", nonEmpty)
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async (options) => {
      if (options.predict !== undefined) return await tellPrediction(options, options.predict);
      const { buildModel, parseOptions } = await import("../../models/mod.ts");
      const { graphCost, trainableParameters } = await import("../../graph/graph.ts");
      const { seededWeights, storedWeights } = await import("../../graph/weights.ts");
      const { makePlan } = await import("../../plan/mod.ts");
      const { timeNetwork } = await import("../../bench/network.ts");
      const { requireFeasible } = await import("../../bench/segmenter.ts");
      const { medianInterval } = await import("../../statistics/bootstrap.ts");
      const { summarise } = await import("../../statistics/summary.ts");
      const { peakMemory } = await import("../../platform/mod.ts");

      if (options.svg !== undefined) requireWritable(options.svg);
      const model = buildModel(options.model, {
        spatial: options.input,
        batch: options.batch,
        options: parseOptions(options.options ?? ""),
      });
      using backend = await openBackend(options.backend, options.quiet);
      const { flops } = graphCost(model.graph);
      if (options.backend === "auto") requireFeasible(backend, model, flops);
      const weights = options.weights === undefined
        ? seededWeights(model.graph, options.seed)
        : storedWeights(model.graph, options.weights);
      const plan = makePlan(model.graph, backend.planning);
      using executable = backend.lower(plan, weights, options.precision);
      const repetitions = { warmup: options.warmup, repeats: options.repeat };
      const onRun = (run: number) => {
        if (!options.quiet && run >= 0) writeError(`run ${run + 1} of ${options.repeat}\n`);
      };
      const { seed, precision } = options;
      const before = backend.state?.();
      const profiled = options.profile
        ? await profileHere({ backend, plan, executable, precision, seed, repetitions, onRun })
        : undefined;
      const seconds = profiled?.runs ?? await timeNetwork(executable, seed, repetitions, onRun);
      const after = backend.state?.();
      const { median } = summarise(seconds);
      const facts = {
        model: model.name,
        scope: "network",
        clock: executable.time ? "device" : "wall",
        input: model.inputShape,
        precision: options.precision,
        parameters: trainableParameters(model.graph),
        flops,
        backend: backend.name,
        device: backend.device,
        ...(before && after ? { state: { before, after } } : {}),
        memory: { ...executable.memory, peakRss: peakMemory() },
        warmup: options.warmup,
        samples: seconds,
        median,
        interval: medianInterval(seconds, { seed: options.seed }),
        gflopPerSecond: flops / median / 1e9,
        ...(profiled && { profile: profiled.profile }),
      };
      const held = new Set([before, after].flatMap((state) => state?.heldDownBy ?? []));
      if (held.size > 0 && !options.quiet) {
        writeError(`warning: the clocks of the GPU are held down: ${[...held].join(", ")}\n`);
      }
      if (profiled && options.svg !== undefined) await draw(profiled.profile, options.svg);
      if (options.json) return writeJson(facts);
      writeOut(alignColumns([
        ["model", facts.model],
        ["input", facts.input.join("x")],
        ["backend", `${backend.name}, ${options.precision}, ${backend.device.threads} threads`],
        ["median", `${facts.median.toFixed(4)} s of ${seconds.length} runs`],
        ["range", `${Math.min(...seconds).toFixed(4)} to ${Math.max(...seconds).toFixed(4)} s`],
        ["rate", `${facts.gflopPerSecond.toFixed(1)} GFLOP/s (taps inside the input)`],
      ]));
      if (profiled) writeOut(`\n${profileTable(profiled.profile)}`);
    });
}

/** Tells how long a pass may take on a device that is not here. */
async function tellPrediction(
  { model: name, input, batch, options, precision, json }: {
    readonly model: string;
    readonly input?: number[] | undefined;
    readonly batch: number;
    readonly options?: string | undefined;
    readonly precision: Precision;
    readonly json?: true | undefined;
  },
  device: string,
): Promise<void> {
  const { buildModel, parseOptions } = await import("../../models/mod.ts");
  const { makePlan } = await import("../../plan/mod.ts");
  const { predictPass } = await import("../../backends/mod.ts");
  const { predictionTable } = await import("../prediction_table.ts");
  const model = buildModel(name, { spatial: input, batch, options: parseOptions(options ?? "") });
  const plan = (planning: Planning) => makePlan(model.graph, planning);
  const prediction = predictPass(plan, precision, device);
  const facts = { model: model.name, scope: "network", input: model.inputShape, precision };
  if (json) return writeJson({ ...facts, ...prediction });
  writeOut(predictionTable(prediction));
}

/** What a profile is made of. */
interface Profiling {
  readonly backend: Backend;
  readonly plan: Plan;
  readonly executable: Executable;
  readonly precision: Precision;
  readonly seed: number;
  readonly repetitions: Repetitions;
  readonly onRun: (run: number) => void;
}

/** Times whole runs and steps in turn, between two measurements of the machine's peaks. */
async function profileHere(
  { backend, plan, executable, precision, seed, repetitions, onRun }: Profiling,
): Promise<{ readonly runs: readonly number[]; readonly profile: ProfileRecord }> {
  const { ELEMENT_BYTES, higherPeaks, measurePeaks } = await import("../../bench/peaks.ts");
  const { profileNetwork, profileRecord } = await import("../../bench/profile.ts");
  const before = measurePeaks(backend, precision, seed);
  const profiled = await profileNetwork(executable, seed, repetitions, onRun);
  const peaks = higherPeaks(before, measurePeaks(backend, precision, seed));
  const profile = profileRecord(plan, profiled, peaks, ELEMENT_BYTES[precision]);
  return { runs: profiled.runs, profile };
}

async function draw(profile: ProfileRecord, path: string): Promise<void> {
  const { roofline } = await import("../../report/mod.ts");
  const { svg } = await import("../../report/plots/svg.ts");
  const { writeAtomically } = await import("../../base/atomic.ts");
  writeAtomically(path, [await svg(roofline(profile))]);
}
