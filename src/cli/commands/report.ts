/**
 * `stackbench report`: results as Markdown with the paper's tables and figures.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { join } from "node:path";
import { InputError, messageOf } from "../../base/errors.ts";
import { nonEmpty } from "../options.ts";
import { writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench report results/result.json --out report
  stackbench report cpu.json gpu.json --out report

Writes report.md and figures/*.svg and *.png. Pictures of slices come along only where the data
set says that it is public; of other data they stay beside the results.
`;

/** Adds the command. */
export function report(program: Command): void {
  program.command("report")
    .description("tell results in Markdown, beside the paper's, with plots")
    .argument("<results...>", "results files")
    .requiredOption("--out <folder>", "where the report goes; made if it is missing", nonEmpty)
    .addHelpText("after", EXAMPLES)
    .action(async (paths, { out }) => {
      const { readRunResult } = await import("../../results/mod.ts");
      const { figuresOf, markdown, report } = await import("../../report/mod.ts");
      const { svg } = await import("../../report/plots/svg.ts");
      const { writeAtomically } = await import("../../base/atomic.ts");
      const blocks = report(paths.map((path) => readRunResult(path)));
      const figures = figuresOf(blocks);
      makeFolder(join(out, "figures"));
      for (const { name, specification } of figures) {
        writeAtomically(join(out, "figures", `${name}.svg`), [await svg(specification)]);
      }
      const path = join(out, "report.md");
      writeAtomically(path, [markdown(blocks)]);
      writeOut(`report: ${path} with ${figures.length} figures\n`);
    });
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
