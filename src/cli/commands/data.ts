/**
 * `stackbench data`: scans to run on.
 *
 * @module
 */

import { type Command, Option } from "@commander-js/extra-typings";
import { join } from "node:path";
import { InputError } from "../../base/errors.ts";
import { isThere } from "../../base/is_there.ts";
import { interruptible } from "../interruption.ts";
import {
  labelList,
  nonEmpty,
  positiveNumber,
  quietOption,
  seedOption,
  sizes,
  WINDOW_HELP,
  windowOf,
} from "../options.ts";
import { drawError, errorIsTerminal, writeError, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench data phantom --out phantoms --scans 10
  stackbench data phantom --out phantoms-dicom --scans 2 --shape 96x256x256 --format dicom
  stackbench data manifest scans
  stackbench data manifest scans --image-suffix _ct --truth-suffix _infection
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
      if (shape.length !== 3) {
        throw new InputError("--shape takes slices x rows x columns", {
          advice: "such as --shape 64x128x128",
        });
      }
      const { writePhantoms } = await import("../../datasets/mod.ts");
      const { createProgress } = await import("../../progress/mod.ts");
      using progress = createProgress({
        quiet: quiet ?? false,
        terminal: errorIsTerminal(),
        write: drawError,
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
    .description("write a manifest of the scans in a folder and below, to be run or edited")
    .argument("<folder>", "where the scans lie, and manifest.json is written", nonEmpty)
    .option("--image-suffix <text>", "end of the names of scans, before .nii or .nii.gz", nonEmpty)
    .option(
      "--truth-suffix <text>",
      "end of the names of their masks (default: the usual ones)",
      nonEmpty,
    )
    .option("--truth <name>", "name of the truth among the masks of a scan's folder", nonEmpty)
    .option("--labels <list>", "labels of truths that count: numbers or names", labelList)
    .option("--window <name>", `window of all scans: ${WINDOW_HELP} (default: by their values)`)
    .addOption(
      new Option(
        "--split <name>",
        "the part that all scans belong to (default: by folders, else test)",
      )
        .choices(["train", "validation", "test"] as const),
    )
    .option("--force", "write over a manifest that is there")
    .action(async (folder, { window, force, ...rules }) => {
      const { draftOfFolder, writeManifest } = await import("../../datasets/mod.ts");
      const path = join(folder, "manifest.json");
      if (!force && isThere(path)) {
        throw new InputError(`${path} is there already`, { advice: "add --force to replace it" });
      }
      const { manifest, left, notes } = draftOfFolder(folder, {
        ...rules,
        window: window === undefined ? undefined : windowOf(window),
      });
      writeManifest(path, manifest);
      for (const { path: file, why } of left.slice(0, LISTED)) {
        writeError(`left out ${file}: ${why}\n`);
      }
      if (left.length > LISTED) writeError(`left out ${left.length - LISTED} more\n`);
      for (const note of notes) writeError(`note: ${note}\n`);
      const { cases } = manifest;
      const pairs = cases.filter(({ truth }) => truth !== undefined).length;
      const patients = new Set(cases.map(({ patient }) => patient)).size;
      writeError(
        `${cases.length} scans of ${patients} patients, ${pairs} with truth, window ` +
          `${JSON.stringify(manifest.window)}\n`,
      );
      writeOut(`${path}\n`);
      writeError(`next: deno task bench --data ${quoted(path)}\n`);
    });
}

/** What is left out that is listed one by one. */
const LISTED = 40;

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
