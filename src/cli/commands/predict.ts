/**
 * `stackbench predict`: the mask of one scan.
 *
 * @module
 */

import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { requireWritable } from "../../base/atomic.ts";
import { interruptible } from "../interruption.ts";
import {
  backendOption,
  fieldOption,
  nonEmpty,
  openBackend,
  positiveNumber,
  precisionOption,
  quietOption,
  sizes,
  windowOf,
} from "../options.ts";
import { errorIsTerminal, writeError } from "../terminal.ts";
import { seriesOf } from "./inspect.ts";

const EXAMPLES = `
Examples:
  stackbench predict --model vnet:small --weights w.safetensors scan.nii.gz --output mask.nii.gz
  stackbench predict --model unet --weights w.safetensors scans/chest-ct --window lung \\
    --output mask.nii.gz
`;

/** Adds the command. */
export function predict(program: Command): void {
  program.command("predict")
    .description("segment one scan and write its mask on the scan's own grid")
    .argument("<scan>", "a folder of DICOM files, a DICOM file or a NIfTI file", nonEmpty)
    .requiredOption("--model <name>", "name such as vnet:small")
    .requiredOption(
      "--weights <file>",
      "safetensors with PyTorch's state_dict names (again: the mean of their probabilities)",
      collect,
    )
    .requiredOption("--output <file>", "where to write the mask (.nii or .nii.gz)", nonEmpty)
    .option("--series <which>", "series of a folder with several: its number or its UID")
    .option("--window <name>", "metadata, lung, mediastinal, none, or CENTER/WIDTH", "metadata")
    .option("--input <sizes>", "spatial sizes that the model sees, such as 32x512x512", sizes)
    .addOption(fieldOption())
    .option("--options <list>", "settings of the model, k=v,...")
    .option(
      "--batch <n>",
      "slices at once (2-D models); what fits the cache unless said",
      positiveNumber,
    )
    .option("--overlap <share>", "overlap of stacks (3-D models), 0 to 0.95", share, 0)
    .option("--stitching <how>", "mean or gaussian", stitching, "mean")
    .option("--threshold <p>", "probability from which on a voxel is foreground", share, 0.2)
    .addOption(backendOption())
    .addOption(precisionOption())
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async (path, options) => {
      const { parseOptions } = await import("../../models/mod.ts");
      const { openSegmenter, prepareModel } = await import("../../bench/segmenter.ts");
      const { segment } = await import("../../bench/segment.ts");
      const { Stopwatch } = await import("../../bench/timer.ts");
      const { planWindow, readScan, requireNiftiName, writeMask } = await import(
        "../../imaging/mod.ts"
      );
      const { createProgress } = await import("../../progress/mod.ts");

      const [weights, ...ensemble] = options.weights;
      const prepared = prepareModel({
        ...options,
        weights,
        ensemble,
        batch: options.batch ?? "auto",
        options: parseOptions(options.options ?? ""),
        stitching: options.stitching,
      }, 0);
      requireNiftiName(options.output);
      requireWritable(options.output);
      const volume = readScan(path, { series: seriesOf(options.series) });
      const window = planWindow(volume, windowOf(options.window));
      if (!options.quiet) window.warnings.forEach((text) => writeError(`warning: ${text}\n`));
      using backend = await openBackend(options.backend, options.quiet);
      using segmenter = openSegmenter(backend, prepared, options.precision);
      using progress = createProgress({
        quiet: options.quiet ?? false,
        terminal: errorIsTerminal(),
        write: writeError,
      });
      progress.start("slices", volume.shape[0]);
      const { mask, field } = await interruptible(
        "nothing was written",
        (signal) =>
          segment(volume, segmenter, {
            window,
            threshold: options.threshold,
            stopwatch: new Stopwatch(),
            onSlices: (slices) => progress.advance(slices),
            signal,
          }),
      );
      progress.stop();
      if (options.field === "lungs" && field === null && !options.quiet) {
        writeError("warning: no lungs were found: all of each slice was seen\n");
      }
      writeMask(options.output, mask, volume);
      if (!options.quiet) {
        let voxels = 0;
        for (let at = 0; at < mask.length; at++) voxels += mask[at];
        writeError(`wrote ${options.output}: ${voxels} of ${mask.length} voxels are foreground\n`);
      }
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, nonEmpty(value)];
}

/** Reads a share, 0 to 1. */
function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError("must be a number from 0 to 1.");
  }
  return value;
}

function stitching(text: string): "mean" | "gaussian" {
  if (text === "mean" || text === "gaussian") return text;
  throw new InvalidArgumentError("must be mean or gaussian.");
}
