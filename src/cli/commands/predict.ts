/**
 * `stackbench predict`: the mask of one scan.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { requireWritable } from "../../base/atomic.ts";
import { DEFAULT_WINDOW, LUNG_PRESET } from "../../imaging/windowing.ts";
import { EXAMPLE_MODELS } from "../../models/examples.ts";
import { interruptible } from "../interruption.ts";
import {
  backendOption,
  fieldOption,
  fillingOption,
  formOption,
  MODEL_HELP,
  nonEmpty,
  openBackend,
  overlapOption,
  positiveNumber,
  precisionOption,
  quietOption,
  requireQuiet,
  resampleOption,
  seriesOption,
  sizes,
  stitchingOption,
  strictOption,
  stripPrefixOption,
  thresholdOption,
  WINDOW_HELP,
  windowOf,
} from "../options.ts";
import { drawError, errorIsTerminal, writeError } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench predict --model ${EXAMPLE_MODELS.stacks} --weights w.safetensors scan.nii.gz --output mask.nii.gz
  stackbench predict --model ${EXAMPLE_MODELS.paperSlices} --weights w.safetensors scans/chest-ct --window ${LUNG_PRESET} \\
    --output mask.nii.gz
  stackbench predict --model ${EXAMPLE_MODELS.paperSlices} --weights w.safetensors scans/chest-ct --output seg.dcm
`;

/** Adds the command. */
export function predict(program: Command): void {
  program.command("predict")
    .description("segment one scan and write its mask on the scan's own grid")
    .argument("<scan>", "a folder of DICOM files, a DICOM file or a NIfTI file", nonEmpty)
    .requiredOption("--model <name>", MODEL_HELP)
    .requiredOption(
      "--weights <file>",
      "safetensors with PyTorch's state_dict names (again: the mean of their probabilities)",
      collect,
    )
    .requiredOption(
      "--output <file>",
      "where to write the mask: .nii, .nii.gz, or .dcm (a DICOM SEG of a DICOM scan)",
      nonEmpty,
    )
    .addOption(stripPrefixOption())
    .option("--label <name>", "what a DICOM SEG calls the segment", nonEmpty, "lesion")
    .addOption(seriesOption())
    .addOption(resampleOption())
    .addOption(formOption())
    .option("--window <name>", WINDOW_HELP, DEFAULT_WINDOW)
    .option("--input <sizes>", "spatial sizes that the model sees, such as 32x512x512", sizes)
    .addOption(fieldOption())
    .option("--options <list>", "settings of the model, k=v,...")
    .option(
      "--batch <n>",
      "slices at once (2-D models) (default: what fits a GPU, or the cache)",
      positiveNumber,
    )
    .addOption(overlapOption())
    .addOption(stitchingOption())
    .addOption(fillingOption())
    .addOption(thresholdOption())
    .addOption(backendOption())
    .addOption(precisionOption())
    .addOption(quietOption())
    .addOption(strictOption())
    .addHelpText("after", EXAMPLES)
    .action(async (path, options) => {
      const { parseOptions, resolveModel } = await import("../../models/mod.ts");
      const { openSegmenter, prepareModel, requireSegments, segment } = await import(
        "../../segmentation/mod.ts"
      );
      const {
        costlyZeros,
        planWindow,
        readScan,
        requireNiftiName,
        requireSegmentable,
        writeMask,
        writeSegmentation,
      } = await import("../../imaging/mod.ts");
      const { createProgress } = await import("../../progress/mod.ts");

      const [weights, ...ensemble] = options.weights;
      const prepared = prepareModel({
        ...options,
        model: await resolveModel(options.model),
        weights,
        ensemble,
        batch: options.batch ?? "auto",
        options: parseOptions(options.options ?? ""),
        stitching: options.stitching,
      }, 0);
      requireSegments(prepared.model);
      if (!options.quiet) prepared.notes.forEach((text) => writeError(`note: ${text}\n`));
      const asSegmentation = /\.dcm$/i.test(options.output);
      if (!asSegmentation) requireNiftiName(options.output);
      requireWritable(options.output);
      const { series, resample, form } = options;
      const volume = readScan(path, { series, resample, form });
      if (asSegmentation) requireSegmentable(volume);
      const window = planWindow(volume, windowOf(options.window));
      const warnings = [
        ...prepared.notes,
        ...volume.report.filter(({ kind }) => kind === "warning").map(({ message }) => message),
        ...window.warnings,
      ];
      if (!options.quiet) {
        for (const { kind, message } of volume.report) writeError(`${kind}: ${message}\n`);
        window.warnings.forEach((text) => writeError(`warning: ${text}\n`));
      }
      using backend = await openBackend(options.backend, options.quiet);
      using segmenter = openSegmenter(backend, prepared, options.precision);
      const { size, overlap, filling } = segmenter.grouping;
      const [slices] = volume.shape;
      const zeros = costlyZeros(slices, size, overlap, filling);
      if (!options.quiet && prepared.model.dimensions === 3 && zeros > 0) {
        writeError(
          `note: ${zeros} of the ${size} slices of the last stack are zeros, which can cost accuracy: ` +
            "--filling shift shows the network slices of the scan instead\n",
        );
      }
      using progress = createProgress({
        quiet: options.quiet ?? false,
        terminal: errorIsTerminal(),
        write: drawError,
      });
      progress.start("slices", slices);
      const { mask, field } = await interruptible(
        "nothing was written",
        (signal) =>
          segment(volume, segmenter, {
            window,
            threshold: options.threshold,
            onSlices: (slices) => progress.advance(slices),
            signal,
          }),
      );
      progress.stop();
      if (options.field === "lungs" && field === null) {
        const text = "no lungs were found: all of each slice was seen";
        warnings.push(text);
        if (!options.quiet) writeError(`warning: ${text}\n`);
      }
      if (asSegmentation) {
        const facts = { label: options.label, algorithm: prepared.model.name };
        await writeSegmentation(options.output, mask, volume, facts);
      } else writeMask(options.output, mask, volume);
      if (!options.quiet) {
        let voxels = 0;
        for (let at = 0; at < mask.length; at++) voxels += mask[at];
        writeError(`wrote ${options.output}: ${voxels} of ${mask.length} voxels are foreground\n`);
      }
      requireQuiet(warnings.length, options.strict);
    });
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, nonEmpty(value)];
}
