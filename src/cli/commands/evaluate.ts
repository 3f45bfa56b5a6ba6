/**
 * `stackbench evaluate`: every metric of one pair of masks.
 *
 * @module
 */

import { type Command, Option } from "@commander-js/extra-typings";
import { alignColumns } from "../../base/text_table.ts";
import type { Label, MaskFile, Place } from "../../imaging/mod.ts";
import {
  formOption,
  jsonOption,
  labelList,
  nonEmpty,
  resampleOption,
  seriesOption,
  share,
} from "../options.ts";
import { writeError, writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench evaluate --truth truth.nii.gz --prediction mask.nii.gz
  stackbench evaluate --truth labels.nii.gz --labels 3 --prediction mask.nii.gz --json
  stackbench evaluate --truth seg.dcm --labels lesion --prediction mask.nii.gz
  stackbench evaluate --truth rtstruct.dcm --labels GTV --prediction seg.dcm --scan scans/chest-ct

A mask is NIfTI, NRRD, MetaImage, DICOM SEG or RTSTRUCT. Every label but 0 is foreground unless
--labels names those that are.
`;

/** What the command line says. */
interface Options {
  readonly truth: string;
  readonly prediction: string;
  readonly labels?: readonly Label[];
  readonly predictionLabels?: readonly Label[];
  readonly scan?: string;
  readonly series?: number | string;
  readonly resample?: true;
  readonly form?: "sform" | "qform";
  readonly geometry?: "file" | "scan";
  readonly threshold?: number;
}

/** Adds the command. */
export function evaluate(program: Command): void {
  program.command("evaluate")
    .description("compare two masks by every metric")
    .requiredOption("--truth <file>", "the true mask", nonEmpty)
    .requiredOption("--prediction <file>", "the predicted mask, on the same grid", nonEmpty)
    .option("--labels <list>", "labels of the truth that count: numbers or names", labelList)
    .option("--prediction-labels <list>", "labels of the prediction that count", labelList)
    .option("--scan <path>", "the scan of both; for contours, and for two DICOM SEGs", nonEmpty)
    .addOption(seriesOption())
    .addOption(resampleOption())
    .addOption(formOption())
    .addOption(
      new Option(
        "--geometry <of>",
        "of a truth whose header is wrong: that of the scan, if voxels correspond",
      )
        .choices(["file", "scan"] as const),
    )
    .option("--threshold <share>", "certainty from which on a fractional SEG counts", share)
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (options) => {
      const { evaluateMasks, METRICS } = await import("../../metrics/mod.ts");
      const { truth, prediction } = await readPair(options);
      for (const [name, mask] of [["truth", truth], ["prediction", prediction]] as const) {
        for (const { kind, message } of mask.report) {
          if (kind === "warning") writeError(`warning: the ${name}: ${message}\n`);
        }
      }
      const metrics = evaluateMasks(prediction, truth);
      if (options.json) {
        return writeJson({ shape: truth.shape, spacing: truth.spacing, metrics });
      }
      writeOut(alignColumns(METRICS.map(({ name, unit }) => {
        const { value, reason } = metrics[name];
        return value === null
          ? [name, "undefined", `(${reason})`]
          : [name, value.toFixed(4), unit === "1" ? "" : unit];
      })));
    });
}

/** Both masks on one grid: that of the scan, else that of whichever has one of its own. */
async function readPair(
  options: Options,
): Promise<{ readonly truth: MaskFile; readonly prediction: MaskFile }> {
  const { isLaidOnScan, readMask, readScan, readTruth } = await import("../../imaging/mod.ts");
  const { form, geometry, threshold } = options;
  const ofTruth = { form, geometry, threshold, labels: options.labels };
  const ofPrediction = { form, threshold, labels: options.predictionLabels };
  const truthOn = (place: Place, name: string) =>
    readTruth(options.truth, place, ofTruth, [name, "the truth"]);
  const predictionOn = (place: Place, name: string) =>
    readTruth(options.prediction, place, ofPrediction, [name, "the prediction"]);
  if (options.scan !== undefined) {
    const { series, resample } = options;
    const scan = readScan(options.scan, { series, form, resample });
    return { truth: truthOn(scan, "the scan"), prediction: predictionOn(scan, "the scan") };
  }
  if (isLaidOnScan(options.truth) || geometry === "scan") {
    const prediction = readMask(options.prediction, ofPrediction);
    return { truth: truthOn(prediction, "the prediction"), prediction };
  }
  const truth = readMask(options.truth, ofTruth);
  return { truth, prediction: predictionOn(truth, "the truth") };
}
