/**
 * Suites of the study on phantoms for one seed of the trainings: three sets of phantoms that no
 * training and no choice saw, one of them of a seed that nothing was ever scored on.
 *
 *     deno run -A benchmarks/study/phantom_suites.ts TRAINED OUT
 *
 * TRAINED is what `stackbench train --file benchmarks/training/phantom.json` filled, or
 * `fixtures/weights` for seed 1, whose weights are shipped.
 */

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { writeOut } from "../../src/cli/terminal.ts";
import { PHANTOM_MODELS, PHANTOM_SETS } from "./phantom_models.ts";

const [trained, out] = Deno.args;
if (!trained || !out) {
  writeOut("usage: deno run -A benchmarks/study/phantom_suites.ts TRAINED OUT\n");
  Deno.exit(2);
}
/** Those that are shipped, or of a training that came to its end. */
const weightsOf = (name: string) =>
  [join(trained, `${name}.safetensors`), join(trained, name, "best.safetensors")]
    .map((path) => resolve(path))
    .find((path, place) =>
      existsSync(path) && (place === 0 || existsSync(join(dirname(path), "training.json")))
    );
Deno.mkdirSync(out, { recursive: true });
for (const { seed, scans } of PHANTOM_SETS) {
  const models = PHANTOM_MODELS.map(({ training, overlap }) => {
    const weights = weightsOf(training);
    if (!weights) throw new Error(`${trained} has no finished training ${training}`);
    return training.startsWith("unet")
      ? { model: "unet:small", input: [128, 128], batch: 8, weights }
      : { model: "vnet:small", input: [32, 128, 128], overlap, weights };
  });
  const suite = {
    schema: "stackbench/suite",
    version: 1,
    name: `phantoms-${seed}`,
    description: "Weights of one seed of the trainings over phantoms of a seed of their own.",
    dataset: { phantom: { scans, shape: [64, 128, 128], seed, healthy: 0, split: "test" } },
    models,
    experiments: ["dataset", "dice"],
    timing: { warmup: 0, repeats: 1, caseRepeats: 1 },
  };
  Deno.writeTextFileSync(join(out, `${suite.name}.json`), `${JSON.stringify(suite, null, 2)}\n`);
}
