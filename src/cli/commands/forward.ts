/**
 * `stackbench forward`: one execution of a model on given weights and a given input.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { requireWritable } from "../../base/atomic.ts";
import { InputError } from "../../base/errors.ts";
import type { Tensor, Tensors } from "../../tensor/tensor.ts";
import { EXAMPLE_MODELS } from "../../models/examples.ts";
import {
  backendOption,
  MODEL_HELP,
  nonEmpty,
  openBackend,
  precisionOption,
  quietOption,
  stripPrefixOption,
  weightsOf,
} from "../options.ts";
import { writeError } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench forward --model ${EXAMPLE_MODELS.stacks} --weights w.safetensors --input x.safetensors \\
    --output y.safetensors
  stackbench forward --model ${EXAMPLE_MODELS.slices} --options out_act=none --precision bf16 ...

The weights carry PyTorch's state_dict names. The input file holds one tensor (N, C, (D,) H, W),
or one called "input"; the output file holds one called "output".
`;

/** Adds the command. */
export function forward(program: Command): void {
  program.command("forward")
    .description("run a model once on weights and an input from safetensors files")
    .requiredOption("--model <name>", MODEL_HELP)
    .option("--options <list>", "settings of the model, k=v,...")
    .requiredOption("--weights <file>", "safetensors with PyTorch's state_dict names", nonEmpty)
    .requiredOption("--input <file>", "safetensors with the input, (N, C, (D,) H, W)", nonEmpty)
    .requiredOption("--output <file>", "where to write the output", nonEmpty)
    .addOption(stripPrefixOption())
    .addOption(backendOption())
    .addOption(precisionOption())
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async (options) => {
      const { buildModelFor, parseOptions, resolveModel } = await import("../../models/mod.ts");
      const { loadWeights } = await import("../../graph/weights.ts");
      const { compile } = await import("../../backends/mod.ts");
      const { allocate } = await import("../../base/dtypes.ts");
      const { elements } = await import("../../base/shapes.ts");
      const { asFloat32, asFloat64, tensor } = await import("../../tensor/tensor.ts");
      const { readSafetensors, writeSafetensors } = await import("../../tensor/safetensors.ts");

      requireWritable(options.output);
      const input = inputOf(readSafetensors(options.input).tensors, options.input);
      const { graph, outputShape } = buildModelFor(
        await resolveModel(options.model),
        input.shape,
        parseOptions(options.options ?? ""),
      );
      const weights = weightsOf(loadWeights(graph, options.weights, options), options.quiet);
      using backend = await openBackend(options.backend, options.quiet);
      using executable = compile(backend, graph, weights, options.precision);
      const double = options.precision === "fp64";
      const output = tensor(
        double ? "f64" : "f32",
        outputShape,
        allocate(double ? "f64" : "f32", elements(outputShape)),
      );
      executable.run(
        { [executable.inputs[0].name]: double ? asFloat64(input) : asFloat32(input) },
        { [executable.outputs[0].name]: output.data },
      );
      writeSafetensors(options.output, new Map([["output", output]]));
      if (!options.quiet) writeError(`wrote ${options.output} (${outputShape.join("x")})\n`);
    });
}

function inputOf(tensors: Tensors, file: string): Tensor {
  const found = tensors.size === 1 ? [...tensors.values()][0] : tensors.get("input");
  if (found) return found;
  const names = [...tensors.keys()].join(", ");
  throw new InputError(`${file} holds ${tensors.size} tensors (${names}), none called "input"`, {
    advice: 'store the input alone, or under the name "input"',
  });
}
