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
  formOption,
  nonEmpty,
  openBackend,
  positiveNumber,
  precisionOption,
  quietOption,
  resampleOption,
  seriesOption,
  share,
  sizes,
  windowOf,
} from "../options.ts";
import { errorIsTerminal, writeError } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench predict --model vnet:small --weights w.safetensors scan.nii.gz --output mask.nii.gz
  stackbench predict --model unet --weights w.safetensors scans/chest-ct --window lung \\
    --output mask.nii.gz
  stackbench predict --model unet --weights w.safetensors scans/chest-ct --output seg.dcm
`;

/** Adds the command. */
export function predict(program: Command): void {
  program.command("predict")
    .description("segment one scan and write its mask on the scan's own grid")
    .argument("<scan>", "a folder of DICOM files, a DICOM file or a NIfTI file", nonEmpty)
    .requiredOption("--model <name>", "name such as vnet:small")
    .requiredOption("--weights <file>", "safetensors with PyTorch's state_dict names", nonEmpty)
    .requiredOption(
      "--output <file>",
      "where to write the mask: .nii, .nii.gz, or .dcm (a DICOM SEG of a DICOM scan)",
      nonEmpty,
    )
    .option("--label <name>", "what a DICOM SEG calls the segment", nonEmpty, "lesion")
    .addOption(seriesOption())
    .addOption(resampleOption())
    .addOption(formOption())
    .option(
      "--window <name>",
      "metadata (or metadata:2, metadata:NAME), lung, mediastinal, none, or CENTER/WIDTH",
      "metadata",
    )
    .option("--input <sizes>", "spatial sizes that the model sees, such as 32x512x512", sizes)
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
      const {
        planWindow,
        readScan,
        requireNiftiName,
        requireSegmentable,
        writeMask,
        writeSegmentation,
      } = await import("../../imaging/mod.ts");
      const { createProgress } = await import("../../progress/mod.ts");

      const prepared = prepareModel({
        ...options,
        batch: options.batch ?? "auto",
        options: parseOptions(options.options ?? ""),
        stitching: options.stitching,
      }, 0);
      const asSegmentation = /\.dcm$/i.test(options.output);
      if (!asSegmentation) requireNiftiName(options.output);
      requireWritable(options.output);
      const { series, resample, form } = options;
      const volume = readScan(path, { series, resample, form });
      if (asSegmentation) requireSegmentable(volume);
      if (!options.quiet) {
        for (const { kind, message } of volume.report) {
          if (kind === "warning") writeError(`warning: ${message}\n`);
        }
      }
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
      const { mask } = await interruptible(
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
      if (asSegmentation) {
        const facts = { label: options.label, algorithm: options.model };
        await writeSegmentation(options.output, mask, volume, facts);
      } else writeMask(options.output, mask, volume);
      if (!options.quiet) {
        let voxels = 0;
        for (let at = 0; at < mask.length; at++) voxels += mask[at];
        writeError(`wrote ${options.output}: ${voxels} of ${mask.length} voxels are foreground\n`);
      }
    });
}

function stitching(text: string): "mean" | "gaussian" {
  if (text === "mean" || text === "gaussian") return text;
  throw new InvalidArgumentError("must be mean or gaussian.");
}
