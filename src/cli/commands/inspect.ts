/**
 * `stackbench inspect`: what a scan is.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { alignColumns } from "../../base/text_table.ts";
import type { ScanFacts } from "../../imaging/mod.ts";
import { formOption, jsonOption, nonEmpty, resampleOption, seriesOption } from "../options.ts";
import { writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench inspect scans/chest-ct           a folder of DICOM files
  stackbench inspect scan.nii.gz --json
  stackbench inspect scans/mixed --series 2   the second of several series
`;

/** Adds the command. */
export function inspect(program: Command): void {
  program.command("inspect")
    .description("tell what a scan is: shape, spacing, windows, hash of its HU, ingest report")
    .argument("<scan>", "a folder of DICOM files, a DICOM file or a NIfTI file", nonEmpty)
    .addOption(seriesOption())
    .addOption(resampleOption())
    .addOption(formOption())
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(async (path, options) => {
      const { inspectScan } = await import("../../imaging/mod.ts");
      const { series, resample, form } = options;
      const facts = inspectScan(path, { series, resample, form });
      if (options.json) writeJson(facts);
      else writeOut(describe(facts));
    });
}

function describe(facts: ScanFacts): string {
  const windows = facts.windows[0] ?? [];
  const known = alignColumns([
    ["format", `${facts.format}, ${facts.modality ?? "modality unknown"}, ${facts.dtype}`],
    ["voxels", `${facts.shape.join(" x ")} (z, y, x)`],
    ["spacing", facts.spacing ? `${facts.spacing.map(short).join(" x ")} mm` : "unknown"],
    ["stored as", `${facts.source.shape.join(" x ")} (i, j, k), ${facts.source.orientation}`],
    ["HU", `${facts.voxels.min} to ${facts.voxels.max}`],
    [
      "windows",
      windows.map(({ center, width, name, table }) =>
        `${table ? `table of ${table.entries}` : `${center}/${width}`}${name ? ` ${name}` : ""}`
      ).join(", ") || "none in the file",
    ],
    ["SHA-256", facts.voxels.sha256],
  ]);
  return known + facts.report.map(({ kind, message }) => `${kind}: ${message}\n`).join("");
}

function short(value: number): string {
  return String(Number(value.toFixed(4)));
}
