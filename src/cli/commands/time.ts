/**
 * `stackbench time`: seconds of one execution of a model's graph.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import {
  backendOption,
  jsonOption,
  openBackend,
  positiveNumber,
  precisionOption,
  quietOption,
  seedOption,
  sizes,
  wholeNumber,
} from "../options.ts";
import { alignColumns } from "../../base/columns.ts";
import { writeError, writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench time --model vnet:paper206 --input 32x512x512
  stackbench time --model unet --precision bf16 --batch 4 --json

Random weights, random input, scope network: no reading, resizing or stitching.
`;

/** Adds the command. */
export function time(program: Command): void {
  program.command("time")
    .description("time the execution of one model (scope network, seeded random weights)")
    .requiredOption("--model <name>", "name such as vnet:paper206")
    .option("--input <sizes>", "spatial sizes, such as 32x512x512", sizes)
    .option("--batch <n>", "samples at once", positiveNumber, 1)
    .option("--options <list>", "settings of the model, k=v,...")
    .addOption(backendOption())
    .addOption(precisionOption())
    .option("--warmup <n>", "runs before the first timed one", wholeNumber, 1)
    .option("--repeat <n>", "timed runs", positiveNumber, 5)
    .addOption(seedOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async (options) => {
      const { buildModel, parseOptions } = await import("../../models/mod.ts");
      const { graphCost, trainableParameters } = await import("../../graph/graph.ts");
      const { seededWeights } = await import("../../graph/weights.ts");
      const { compile } = await import("../../backends/mod.ts");
      const { timeNetwork } = await import("../../bench/network.ts");
      const { requireFeasible } = await import("../../bench/segmenter.ts");
      const { medianInterval } = await import("../../statistics/bootstrap.ts");
      const { summarise } = await import("../../statistics/summary.ts");
      const { peakMemory } = await import("../../platform/mod.ts");

      const model = buildModel(options.model, {
        spatial: options.input,
        batch: options.batch,
        options: parseOptions(options.options ?? ""),
      });
      using backend = await openBackend(options.backend, options.quiet);
      const { flops } = graphCost(model.graph);
      if (options.backend === "auto") requireFeasible(backend, model, flops);
      const weights = seededWeights(model.graph, options.seed);
      using executable = compile(backend, model.graph, weights, options.precision);
      const seconds = await timeNetwork(
        executable,
        options.seed,
        { warmup: options.warmup, repeats: options.repeat },
        (run) => {
          if (!options.quiet && run >= 0) writeError(`run ${run + 1} of ${options.repeat}\n`);
        },
      );
      const { median } = summarise(seconds);
      const facts = {
        model: model.name,
        scope: "network",
        input: model.inputShape,
        precision: options.precision,
        parameters: trainableParameters(model.graph),
        flops,
        backend: backend.name,
        device: backend.device,
        memory: { ...executable.memory, peakRss: peakMemory() },
        warmup: options.warmup,
        samples: seconds,
        median,
        interval: medianInterval(seconds, { seed: options.seed }),
        gflopPerSecond: flops / median / 1e9,
      };
      if (options.json) return writeJson(facts);
      writeOut(alignColumns([
        ["model", facts.model],
        ["input", facts.input.join("x")],
        ["backend", `${backend.name}, ${options.precision}, ${backend.device.threads} threads`],
        ["median", `${facts.median.toFixed(4)} s of ${seconds.length} runs`],
        ["range", `${Math.min(...seconds).toFixed(4)} to ${Math.max(...seconds).toFixed(4)} s`],
        ["rate", `${facts.gflopPerSecond.toFixed(1)} GFLOP/s (taps inside the input)`],
      ]));
    });
}
