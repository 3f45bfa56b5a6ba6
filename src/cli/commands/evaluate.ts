/**
 * `stackbench evaluate`: every metric of one pair of masks.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { alignColumns } from "../../base/text_table.ts";
import { jsonOption, nonEmpty } from "../options.ts";
import { writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench evaluate --truth truth.nii.gz --prediction mask.nii.gz
  stackbench evaluate --truth labels.nii.gz --prediction mask.nii.gz --json

Every label but 0 is foreground.
`;

/** Adds the command. */
export function evaluate(program: Command): void {
  program.command("evaluate")
    .description("compare two masks by every metric")
    .requiredOption("--truth <file>", "the true mask (NIfTI)", nonEmpty)
    .requiredOption("--prediction <file>", "the predicted mask (NIfTI), on the same grid", nonEmpty)
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (options) => {
      const { readMask } = await import("../../imaging/mod.ts");
      const { evaluateMasks, METRICS } = await import("../../metrics/mod.ts");
      const truth = readMask(options.truth);
      const prediction = readMask(options.prediction);
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
