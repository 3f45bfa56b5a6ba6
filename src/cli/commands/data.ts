/**
 * `stackbench data`: scans to run on.
 *
 * @module
 */

import { type Command, Option } from "@commander-js/extra-typings";
import { join } from "node:path";
import { InputError } from "../../base/errors.ts";
import { interruptible } from "../interruption.ts";
import {
  nonEmpty,
  positiveNumber,
  quietOption,
  seedOption,
  sizes,
  WINDOW_HELP,
  windowOf,
} from "../options.ts";
import { errorIsTerminal, writeError, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench data phantom --out phantoms --scans 10
  stackbench data phantom --out phantoms-dicom --scans 2 --shape 96x256x256 --format dicom
  stackbench data manifest scans --image-suffix _ct --truth-suffix _infection --window none
`;

/** Adds the command. */
export function data(program: Command): void {
  const command = program.command("data")
    .description("make scans to run on, or a manifest of those there are")
    .addHelpText("after", EXAMPLES);
  phantom(command);
  manifest(command);
}

function phantom(command: Command): void {
  command.command("phantom")
    .description("write seeded synthetic chest CTs with exact lesion masks, and a manifest")
    .requiredOption("--out <folder>", "a new folder", nonEmpty)
    .option("--scans <n>", "how many", positiveNumber, 10)
    .option("--shape <sizes>", "slices x rows x columns", sizes, [64, 128, 128])
    .addOption(
      new Option("--format <name>", "how scans are stored")
        .choices(["nifti", "dicom"] as const).default("nifti" as const),
    )
    .addOption(seedOption())
    .addOption(quietOption())
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

function manifest(command: Command): void {
  command.command("manifest")
    .description("draft a manifest of a folder of scans: NIfTI files, folders of DICOM files")
    .argument("<folder>", "where the scans lie, and manifest.json is written", nonEmpty)
    .option("--image-suffix <text>", "end of the names of scans, before .nii or .nii.gz")
    .option("--truth-suffix <text>", "end of the names of their masks", "_mask")
    .option("--window <name>", `window of all scans: ${WINDOW_HELP}`)
    .addOption(
      new Option("--split <name>", "the part that all scans belong to")
        .choices(["train", "validation", "test"] as const).default("test" as const),
    )
    .option("--force", "write over a manifest that is there")
    .action(async (folder, { imageSuffix, truthSuffix, split, window, force }) => {
      const { manifestOfFolder, writeManifest } = await import("../../datasets/mod.ts");
      const path = join(folder, "manifest.json");
      const draft = manifestOfFolder(folder, {
        imageSuffix,
        truthSuffix,
        split,
        window: window === undefined ? undefined : windowOf(window),
      });
      if (!force && await exists(path)) {
        throw new InputError(`${path} is there already`, { advice: "add --force to replace it" });
      }
      writeManifest(path, draft);
      const pairs = draft.cases.filter(({ truth }) => truth !== undefined).length;
      writeError(`${draft.cases.length} scans, ${pairs} with truth; edit patients and splits\n`);
      writeOut(`${path}\n`);
    });
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
