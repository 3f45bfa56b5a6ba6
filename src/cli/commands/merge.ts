/**
 * `stackbench merge`: the results of a run from those of its shards.
 *
 * @module
 */

import type { Command } from "@commander-js/extra-typings";
import { InputError } from "../../base/errors.ts";
import { jsonOption, nonEmpty, quietOption, requireQuiet, strictOption } from "../options.ts";
import { summaryOf } from "../summary.ts";
import { writeError, writeJson, writeOut } from "../terminal.ts";

const EXAMPLES = `
Examples:
  stackbench run --shard 1/2 && stackbench run --shard 2/2 && stackbench merge out/quick
  stackbench merge node-a/shard-1-of-2 node-b/shard-2-of-2 --out out/merged

The results are those of the whole run, bit for bit but for their timing and volatile sections. Masks
and pictures are put beside them without a copy where the disk can do that.
`;

/** Adds the command. */
export function merge(program: Command): void {
  program.command("merge")
    .description("merge the shards of a run into the results of the whole")
    .argument("<folders...>", "folders of shards, or of a run with its shards below")
    .option("--out <folder>", "where results go (default: the folder of the run)", nonEmpty)
    .option("--overwrite", "replace the results that are there")
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(strictOption())
    .addHelpText("after", EXAMPLES)
    .action(async (folders, { overwrite, json, quiet, strict, ...options }) => {
      const { mergeShards } = await import("../../bench/merge_shards.ts");
      const { resultPath } = await import("../../bench/run_folder.ts");
      const out = options.out ?? (folders.length === 1 ? folders[0] : undefined);
      if (out === undefined) {
        throw new InputError("several folders are named, and not where the results go", {
          advice: "add --out FOLDER",
        });
      }
      const note = (message: string) => quiet || writeError(`${message}\n`);
      const result = mergeShards(folders, { out, overwrite }, note);
      if (json) writeJson(result);
      else writeOut(`${summaryOf(result)}\nresults: ${resultPath({ out })}\n`);
      requireQuiet(result.warnings.length + result.timing.warnings.length, strict);
    });
}
