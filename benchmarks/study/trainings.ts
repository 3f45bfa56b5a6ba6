/**
 * The log of the study's trainings, from the folder that `stackbench train --file` filled: what each
 * fold was trained with, how its epochs went and which weights came of it.
 *
 *     deno run -A benchmarks/study/trainings.ts TRAINED OUT.json
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeOut } from "../../src/cli/terminal.ts";

const [trained, out] = Deno.args;
if (!trained || !out) {
  writeOut("usage: deno run -A benchmarks/study/trainings.ts TRAINED OUT.json\n");
  Deno.exit(2);
}

const foldersIn = (folder: string) =>
  [...Deno.readDirSync(folder)].filter((one) => one.isDirectory).map(({ name }) => name).sort();

/** The epochs of a training: mean loss, and Dice of the validation scans. */
function epochsOf(folder: string) {
  const lines = Deno.readTextFileSync(join(folder, "training.jsonl")).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line)).filter((line) => "epoch" in line);
}

const trainings = foldersIn(trained).flatMap((name) =>
  foldersIn(join(trained, name)).flatMap((fold) => {
    const folder = join(trained, name, fold);
    const finished = join(folder, "training.json");
    if (!existsSync(finished)) return [];
    const { schema: _, version: __, ...outcome } = JSON.parse(Deno.readTextFileSync(finished));
    return [{ name, fold: Number(fold.replace("fold-", "")), ...outcome, log: epochsOf(folder) }];
  })
);
const log = { schema: "stackbench/study-trainings", version: 1, trainings };
Deno.writeTextFileSync(out, `${JSON.stringify(log, null, 2)}\n`);
