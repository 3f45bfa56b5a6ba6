/**
 * `stackbench export`: a model with its weights as an ONNX file.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { requireWritable, writeAtomically } from "../../base/atomic.ts";
import { InputError } from "../../base/errors.ts";
import { DEFAULT_WINDOW } from "../../imaging/windowing.ts";
import { EXAMPLE_MODELS } from "../../models/examples.ts";
import {
  fieldOption,
  fillingOption,
  MODEL_HELP,
  nonEmpty,
  overlapOption,
  positiveNumber,
  quietOption,
  sizes,
  stitchingOption,
  stripPrefixOption,
  thresholdOption,
  WINDOW_HELP,
  windowOf,
} from "../options.ts";
import { writeError } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench export --model ${EXAMPLE_MODELS.stacks} --weights w.safetensors --onnx net.onnx
  stackbench export --model ${EXAMPLE_MODELS.paperSlices} --weights w.safetensors --onnx net.onnx --batch 8

The file reads "input" (N, C, (D,) H, W) and makes "output", both of single precision and of the sizes
that are asked for. What stands around the network, from a scan to its mask, is written beside it as
net.protocol.json.
`;

/** Adds the command. */
export function exportOnnx(program: Command): void {
  program.command("export")
    .description("write a model with its weights as an ONNX file, and its protocol beside it")
    .requiredOption("--model <name>", MODEL_HELP)
    .requiredOption("--weights <file>", "safetensors with PyTorch's state_dict names", nonEmpty)
    .requiredOption("--onnx <file>", "where to write it: NAME.onnx", nonEmpty)
    .addOption(stripPrefixOption())
    .option("--options <list>", "settings of the model, k=v,...")
    .option("--input <sizes>", "spatial sizes that the model sees, such as 32x512x512", sizes)
    .addOption(fieldOption())
    .option("--batch <n>", "slices at once (2-D models)", positiveNumber, 1)
    .option("--window <name>", WINDOW_HELP, DEFAULT_WINDOW)
    .addOption(overlapOption())
    .addOption(stitchingOption())
    .addOption(fillingOption())
    .addOption(thresholdOption())
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async ({ onnx, quiet, threshold, ...options }) => {
      const { parseOptions, resolveModel } = await import("../../models/mod.ts");
      const { prepareModel, protocolOf, requireSegments } = await import(
        "../../segmentation/mod.ts"
      );
      const { OPSET, writeOnnx } = await import("../../onnx/mod.ts");

      if (!onnx.endsWith(".onnx")) {
        throw new InputError(`${onnx} does not end in .onnx`, {
          advice: "name the file so that others know what it is",
        });
      }
      const beside = onnx.replace(/onnx$/, "protocol.json");
      const window = windowOf(options.window);
      const prepared = prepareModel({
        ...options,
        model: await resolveModel(options.model),
        options: parseOptions(options.options ?? ""),
      }, 0);
      requireSegments(prepared.model);
      if (!quiet) prepared.notes.forEach((text) => writeError(`note: ${text}\n`));
      for (const path of [onnx, beside]) requireWritable(path);
      const protocol = protocolOf(prepared, { window, threshold });
      const { name, graph, inputShape, outputShape } = prepared.model;
      writeOnnx(onnx, graph, prepared.weights, { protocol: JSON.stringify(protocol) });
      writeAtomically(beside, [`${JSON.stringify(protocol, null, 2)}\n`]);
      if (quiet) return;
      writeError(
        `wrote ${onnx} (${name}, ${inputShape.join("x")} to ${outputShape.join("x")}, opset ` +
          `${OPSET}) and ${beside}\n`,
      );
    });
}
