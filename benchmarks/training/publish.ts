/**
 * Publishes trained weights with a card each:
 *
 * ```sh
 * deno run --allow-read --allow-write benchmarks/training/publish.ts TRAINED FILE.json fixtures/weights
 * ```
 *
 * TRAINED is the folder that `stackbench train --file FILE.json --out TRAINED` filled. For every
 * training of the file that is complete there, its best weights are copied and `NAME.json` says
 * how they were made.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { PHANTOM_VERSION } from "../../src/datasets/mod.ts";
import { readTrainingFile } from "../../src/training/mod.ts";

const say = (line: string) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));

const [trained, file, target] = Deno.args;
const { dataset, trainings } = readTrainingFile(file);
Deno.mkdirSync(target, { recursive: true });

for (const { name } of trainings) {
  const folder = join(trained, name);
  const finished = join(folder, "training.json");
  if (!existsSync(finished)) {
    say(`${name}: not trained to its end, left out`);
    continue;
  }
  const outcome = JSON.parse(Deno.readTextFileSync(finished));
  const { settings, tool, backend, dataSha256, data, steps, best, weights } = outcome;
  Deno.copyFileSync(join(folder, "best.safetensors"), join(target, `${name}.safetensors`));
  const card = {
    schema: "stackbench/weights-card",
    version: 1,
    name,
    command: `OMP_NUM_THREADS=${backend.threads} deno task stackbench train ` +
      `--file benchmarks/training/${basename(file)} --only ${name} --out trained`,
    tool,
    backend,
    settings,
    dataset,
    ...("phantom" in dataset ? { phantomVersion: PHANTOM_VERSION } : {}),
    data: { ...data, sha256: dataSha256 },
    steps,
    validation: best,
    weightsSha256: weights.best,
  };
  Deno.writeTextFileSync(join(target, `${name}.json`), `${JSON.stringify(card, null, 2)}\n`);
}
