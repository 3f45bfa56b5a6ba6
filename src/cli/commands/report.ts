/**
 * `stackbench report`: results as a page to look at and as Markdown, with the paper's tables and
 * figures.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { dirname, join } from "node:path";
import { InputError } from "../../base/errors.ts";
import { interruptible } from "../interruption.ts";
import { bytesText, jsonOption, nonEmpty, positiveNumber, quietOption } from "../options.ts";
import { drawError, errorIsTerminal, writeError, writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench report out/quick/result.json --out report
  stackbench report result.json --data manifest.json --viewer-size 256 --out report
  stackbench report cpu.json gpu.json --out report

Writes index.html, which needs nothing else and asks the network for nothing; report.md; figures/
with each plot as SVG, PNG and CSV; tables/ with each table as CSV, Markdown and LaTeX.

Several results are compared where they may be, by the rules of stackbench compare.

Slices and their pictures are shown of data that says that it is public, and of no other. Scans are
read again: a phantom is found or made, other scans need --data and the masks beside the results.
`;

/** Adds the command. */
export function report(program: Command): void {
  program.command("report")
    .description("tell results as a page to look at and in Markdown, beside the paper's")
    .argument("<results...>", "results files")
    .requiredOption("--out <folder>", "where the report goes; made if it is missing", nonEmpty)
    .option("--data <manifest>", "the manifest of the scans (may come again)", collect)
    .option("--viewer-size <pixels>", "longer side of the slices in the page", positiveNumber)
    .option("--no-viewer", "leave out the viewer of slices")
    .addOption(jsonOption())
    .addOption(quietOption())
    .addHelpText("after", EXAMPLES)
    .action(async (paths, { out, data, viewerSize, viewer, json, quiet }) => {
      if (!viewer && (data !== undefined || viewerSize !== undefined)) {
        throw new InputError("--data and --viewer-size are for the viewer that --no-viewer omits", {
          advice: "leave out one of them",
        });
      }
      const { readRunResult } = await import("../../results/mod.ts");
      const { report } = await import("../../report/mod.ts");
      const { groupResults } = await import("../../comparison/mod.ts");
      const { createProgress } = await import("../../progress/mod.ts");
      const { isPicture, writeReport } = await import("../report_files.ts");
      const { viewersOf } = await import("../report_viewers.ts");
      const warn = (message: string) => quiet || writeError(`warning: ${message}\n`);
      const results = paths.map((path) => ({ path, result: readRunResult(path, warn) }));
      using progress = createProgress({
        quiet: quiet ?? false,
        terminal: errorIsTerminal(),
        write: drawError,
      });
      const sourceOf = (result: number, file: string) => join(dirname(paths[result]), file);
      const written = await interruptible("nothing of the report is written", async (signal) => {
        const viewers = viewer
          ? await viewersOf(results, {
            manifests: data ?? [],
            side: viewerSize ?? null,
            progress,
            signal,
          })
          : new Map();
        const all = results.map(({ result }) => result);
        const blocks = report(all, {
          compared: groupResults(all),
          hasPicture: (result, file) => isPicture(sourceOf(result, file)),
          viewers,
        });
        return await writeReport(blocks, { out, sourceOf, progress, signal });
      });
      if (json) writeJson(written);
      else writeOut(writtenText(written));
    });
}

/** What was written, for a person. */
function writtenText(
  { page, bytes, report, figures, pictures, tables, scans }:
    import("../report_files.ts").WrittenReport,
): string {
  const told = [
    `${figures.length} figures`,
    `${pictures.length} pictures`,
    `${tables.length} tables`,
    `${scans} scans to look at`,
  ];
  return `page:     ${page} (${bytesText(bytes)})\n` +
    `markdown: ${report}\n` +
    `with ${told.join(", ")}\n`;
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, nonEmpty(value)];
}
