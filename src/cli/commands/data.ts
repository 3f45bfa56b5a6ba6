/**
 * `stackbench data`: scans to run on.
 *
 * @module
 */

import { type Command, Option } from "@commander-js/extra-typings";
import { InputError } from "../../base/errors.ts";
import { interruptible } from "../interruption.ts";
import { positiveNumber, quietOption, seedOption, sizes } from "../options.ts";
import { errorIsTerminal, writeError, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench data phantom --out phantoms --scans 10
  stackbench data phantom --out phantoms-dicom --scans 2 --shape 96x256x256 --format dicom
`;

/** Adds the command. */
export function data(program: Command): void {
  const command = program.command("data").description("make scans to run on");
  command.command("phantom")
    .description("write seeded synthetic chest CTs with exact lesion masks, and a manifest")
    .requiredOption("--out <folder>", "a new folder")
    .option("--scans <n>", "how many", positiveNumber, 10)
    .option("--shape <sizes>", "slices x rows x columns", sizes, [64, 128, 128])
    .addOption(
      new Option("--format <name>", "how scans are stored")
        .choices(["nifti", "dicom"] as const).default("nifti" as const),
    )
    .addOption(seedOption())
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async ({ out, scans, shape, format, seed, quiet }) => {
      if (shape.length !== 3) throw new InputError("--shape takes slices x rows x columns");
      const { writePhantoms } = await import("../../datasets/mod.ts");
      const { createProgress } = await import("../../progress/mod.ts");
      using progress = createProgress({
        quiet: quiet ?? false,
        terminal: errorIsTerminal(),
        write: writeError,
      });
      progress.start("scans", scans);
      const [slices, rows, columns] = shape;
      const path = await interruptible(
        "the scans that were finished are kept: run the same command to go on",
        (signal) =>
          writePhantoms(out, { seed, scans, shape: [slices, rows, columns] }, {
            format,
            signal,
            onCase: () => progress.advance(),
          }),
      );
      progress.stop();
      writeOut(`${path}\n`);
    });
}
