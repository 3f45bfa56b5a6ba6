/**
 * `stackbench compare`: results beside each other, in accuracy and in time.
 *
 * @module
 */

import { type Command, Option } from "@commander-js/extra-typings";
import { FACTORS } from "../../results/factors.ts";
import type { Comparison } from "../../results/mod.ts";
import { namesOf, nonEmpty, quietOption } from "../options.ts";
import { writeError, writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench compare before.json after.json
  stackbench compare cpu.json gpu.json --by backend --format latex --out table.tex
  stackbench compare result.json --by model --metrics dice,hd95 --format csv

The first result is the base. Scans, settings and, but for one thing, the environment must be the
same: else this ends with exit code 4 and names what is not.
`;

const FORMATS = ["terminal", "markdown", "csv", "latex", "json"] as const;

/** Adds the command. */
export function compare(program: Command): void {
  program.command("compare")
    .description("put results beside each other: accuracy scan by scan, time process by process")
    .argument("<results...>", "results files, the base first; one alone has its models compared")
    .addOption(
      new Option("--by <what>", "what may differ (default: the only thing that does)")
        .choices(FACTORS),
    )
    .option("--metrics <list>", "measures of accuracy (default: dice, area_overlap, hd95)", namesOf)
    .addOption(
      new Option("--format <name>", "how it is told").choices(FORMATS).default("terminal" as const),
    )
    .option("--out <file>", "where it goes (default: standard output)", nonEmpty)
    .option("--force", "compare what may not be compared, and mark the output")
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async (paths, { by, metrics, format, out, force, quiet }) => {
      const { readRunResult } = await import("../../results/mod.ts");
      const { compareResults } = await import("../../comparison/mod.ts");
      const warn = (message: string) => quiet || writeError(`warning: ${message}\n`);
      const results = paths.map((path) => readRunResult(path, warn));
      const comparison = compareResults(results, { by, metrics, force });
      if (!quiet && format === "csv") {
        // a table of cells has no room for them
        [...comparison.obstacles, ...comparison.unmatched, ...comparison.notes]
          .forEach((note) => writeError(`note: ${note}\n`));
      }
      if (out === undefined && format === "json") writeJson(comparison);
      else {
        const text = await textOf(comparison, format);
        if (out === undefined) writeOut(text);
        else {
          const { writeAtomically } = await import("../../base/atomic.ts");
          writeAtomically(out, [text]);
          if (!quiet) writeError(`comparison: ${out}\n`);
        }
      }
    });
}

async function textOf(comparison: Comparison, format: typeof FORMATS[number]): Promise<string> {
  if (format === "json") return `${JSON.stringify(comparison, null, 2)}\n`;
  const { comparisonBlocks, latex, markdown, OUTCOMES, plainText } = await import(
    "../../report/mod.ts"
  );
  const blocks = comparisonBlocks(comparison);
  switch (format) {
    case "terminal":
      return plainText(blocks);
    case "markdown":
      return markdown(blocks);
    case "latex":
      return latex(blocks);
    case "csv": {
      const { csv } = await import("../../report/csv.ts");
      const found = blocks.find((block) =>
        block.kind === "table" && block.caption.startsWith(OUTCOMES)
      );
      return csv(found?.kind === "table" ? found : { columns: [], rows: [] });
    }
  }
}
