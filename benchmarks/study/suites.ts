/**
 * Suites of the study on patients for one seed: those of `benchmarks/suites`, which are of seed 1 of
 * `benchmarks/training/covid-ct-seg20.json`, with the weights of that seed, and of another training
 * file of the same models and scans where one is named; with whole paths. A model of which a fold is
 * not trained to its end is left out. With `filled`, models of stacks meet the scans once more, without
 * zeros in them: short ones fill their stack, and the last stack of the others is moved back.
 *
 *     deno run -A benchmarks/study/suites.ts SEED OUT [covid-ct-seg20-long [filled]]
 */

import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { loadSuite, type SuiteModel } from "../../src/bench/mod.ts";
import { writeOut } from "../../src/cli/terminal.ts";

/** As many as the training file makes. */
const FOLDS = [0, 1, 2, 3, 4];

/** Whether the trainings of all folds ended. */
function isWhole({ weights }: SuiteModel): boolean {
  if (!weights) return false;
  const ended = (fold: number) =>
    existsSync(join(dirname(weights.replace("{fold}", `${fold}`)), "training.json"));
  return FOLDS.every(ended);
}

const OF_SUITES = "covid-ct-seg20";

/** The suites, and what takes the place of zeros in their stacks. */
const FILLINGS = { "covid-ct-seg20": "shift", "covid-ct-seg20-short": "repeat" } as const;

const [seed, out, trainings = OF_SUITES, filled] = Deno.args;
if (!/^\d+$/.test(seed ?? "") || !out || (filled !== undefined && filled !== "filled")) {
  writeOut("usage: deno run -A benchmarks/study/suites.ts SEED OUT [TRAINING [filled]]\n");
  Deno.exit(2);
}
Deno.mkdirSync(out, { recursive: true });
for (const [name, filling] of Object.entries(FILLINGS)) {
  const { suite, folder } = await loadSuite(name);
  if (!("manifest" in suite.dataset)) throw new Error(`${name} names no manifest`);
  const absolute = (path: string) => isAbsolute(path) ? path : resolve(folder, path);
  const from = `/training-${OF_SUITES}/seed-1/`;
  const to = `/training-${trainings}/seed-${seed}/`;
  const seeded = (model: SuiteModel) => ({
    ...model,
    weights: model.weights && absolute(model.weights.replace(from, to)),
  });
  const again = filled ? suite.models.filter(({ model }) => model.startsWith("vnet")) : [];
  const models = [...suite.models, ...again.map((one) => ({ ...one, filling }))].map(seeded);
  for (const { model } of models.filter((one) => !isWhole(one))) {
    writeOut(`${name}: ${model} is left out, since a fold of it is not trained to its end\n`);
  }
  const own = {
    ...suite,
    name: `${name}-seed-${seed}`,
    dataset: { manifest: absolute(suite.dataset.manifest) },
    models: models.filter(isWhole),
  };
  Deno.writeTextFileSync(join(out, `${own.name}.json`), `${JSON.stringify(own, null, 2)}\n`);
}
