/**
 * `stackbench report`: results as Markdown with the paper's tables and figures.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { dirname, join } from "node:path";
import { InputError, messageOf } from "../../base/errors.ts";
import { jsonOption, nonEmpty, quietOption } from "../options.ts";
import { drawError, errorIsTerminal, writeError, writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench report results/result.json --out report
  stackbench report cpu.json gpu.json --out report

Writes report.md, and figures/ with each plot as SVG and PNG. Pictures of slices come along only
where the data set says that it is public; of other data they stay beside the results.
`;

/** Adds the command. */
export function report(program: Command): void {
  program.command("report")
    .description("tell results in Markdown, beside the paper's, with plots")
    .argument("<results...>", "results files")
    .requiredOption("--out <folder>", "where the report goes; made if it is missing", nonEmpty)
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async (paths, { out, json, quiet }) => {
      const { readRunResult } = await import("../../results/mod.ts");
      const { figuresOf, markdown, picturesOf, report } = await import("../../report/mod.ts");
      const { createProgress } = await import("../../progress/mod.ts");
      const { writeAtomically } = await import("../../base/atomic.ts");
      const sourceOf = (result: number, file: string) => join(dirname(paths[result]), file);
      const warn = (message: string) => quiet || writeError(`warning: ${message}\n`);
      const blocks = report(paths.map((path) => readRunResult(path, warn)), {
        hasPicture: (result, file) => isFile(sourceOf(result, file)),
      });
      const folder = join(out, "figures");
      makeFolder(folder);
      const figures = figuresOf(blocks);
      const pictures = picturesOf(blocks);
      using progress = createProgress({
        quiet: quiet ?? false,
        terminal: errorIsTerminal(),
        write: drawError,
      });
      progress.start("figures", figures.length + pictures.length);
      const { svg } = await import("../../report/plots/svg.ts");
      const { png } = await import("../../report/plots/png.ts");
      for (const { name, specification } of figures) {
        const drawing = await svg(specification);
        writeAtomically(join(folder, `${name}.svg`), [drawing]);
        writeAtomically(join(folder, `${name}.png`), [await png(drawing)]);
        progress.advance();
      }
      for (const { name, result, file } of pictures) {
        const bytes = Deno.readFileSync(sourceOf(result, file));
        writeAtomically(join(folder, `${name}.png`), [bytes]);
        progress.advance();
      }
      progress.stop();
      const path = join(out, "report.md");
      writeAtomically(path, [markdown(blocks)]);
      if (json) {
        writeJson({
          report: path,
          figures: figures.map(({ name }) => name),
          pictures: pictures.map(({ name }) => name),
        });
      } else {
        const drawn = `${figures.length} figures and ${pictures.length} pictures`;
        writeOut(`report: ${path} with ${drawn}\n`);
      }
    });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new InputError(`${path} could not be made: ${messageOf(error)}`, {
      cause: error,
      advice: "name a folder that may be written to",
    });
  }
}
