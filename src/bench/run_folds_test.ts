import assert from "node:assert/strict";
import { join } from "node:path";
import { BACKENDS } from "../backends/mod.ts";
import { type Caveat, CAVEATS, foldsOf, loadManifest, writePhantoms } from "../datasets/mod.ts";
import { seededWeights } from "../graph/weights.ts";
import { buildModel } from "../models/mod.ts";
import { quietProgress } from "../progress/mod.ts";
import type { RunResult } from "../results/mod.ts";
import { writeSafetensors } from "../tensor/safetensors.ts";
import { runSuite } from "./run_suite.ts";
import { parseSuite, type SuiteFolds } from "./suite.ts";

const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-folds-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const INPUT = [8, 16, 16];
const FOLDS = { count: 3, seed: 4 };

let phantoms: Promise<string> | undefined;

async function run(
  weights: string,
  folds: SuiteFolds | null,
  caveats: readonly Caveat[] = [],
): Promise<RunResult> {
  phantoms ??= writePhantoms(join(FOLDER, "phantoms"), {
    seed: 3,
    scans: 4,
    shape: [10, 16, 16],
    healthy: 0,
    followUp: 0,
  });
  const loaded = loadManifest(await phantoms);
  // three patients to cross-validate, one that is always tested
  const cases = loaded.cases.map((
    one,
    i,
  ) => ({ ...one, caveats, split: i < 3 ? "train" : "test" } as const));
  const suite = parseSuite({
    schema: "stackbench/suite",
    version: 1,
    name: "folds",
    dataset: { manifest: "unused" },
    folds,
    models: [{ model: "vnet:small", input: INPUT, weights }],
    experiments: ["dice", "area_plot", "consecutive"],
  }, "test");
  using backend = BACKENDS.find(({ name }) => name === "reference")!.open();
  return await runSuite({
    loaded: { suite, folder: FOLDER },
    manifest: { ...loaded, cases },
    backend,
    timingCommand: null,
    out: join(FOLDER, `${weights}-out${caveats.length}${folds?.outside ?? ""}`),
    overwrite: true,
    progress: quietProgress(),
    signal: new AbortController().signal,
  });
}

/** Writes the weights of each fold, drawn from a seed. */
function writeFolds(name: string, seedOf: (fold: number) => number): void {
  const { graph } = buildModel("vnet:small", { spatial: INPUT });
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  for (let fold = 0; fold < FOLDS.count; fold++) {
    const source = seededWeights(graph, seedOf(fold));
    const path = join(FOLDER, `${name}-${fold}.safetensors`);
    writeSafetensors(path, new Map(names.map((name) => [name, source(name)])));
  }
}

const maskOf = ({ predictions }: RunResult, index: number) =>
  predictions.find((one) => one.case === index)!.maskSha256;

Deno.test("in a cross-validation each scan goes through the weights of its own fold, as a test scan", async () => {
  writeFolds("fold", (fold) => 10 + fold);
  const crossed = await run("fold-{fold}.safetensors", FOLDS);
  const single = await Promise.all(
    [0, 1, 2].map((fold) => run(`fold-${fold}.safetensors`, null)),
  );
  const folds = foldsOf(
    [0, 1, 2, 3].map((patient) => ({ patient, split: patient < 3 ? "train" : "test" } as const)),
    FOLDS,
  );
  assert.deepEqual(folds.slice(0, 3).toSorted(), [0, 1, 2]);
  crossed.dataset.cases.forEach(({ index, fold, split }) => {
    assert.equal(fold, folds[index] ?? undefined);
    assert.equal(split, "test");
    assert.equal(maskOf(crossed, index), maskOf(single[fold ?? 0], index));
    assert.notEqual(maskOf(crossed, index), maskOf(single[((fold ?? 0) + 1) % 3], index));
  });
  assert.deepEqual(
    crossed.models.map(({ weights }) => weights.folds),
    [single.map(({ models }) => models[0].weights.sha256)],
  );
  await assert.rejects(() => run("fold-{fold}.safetensors", null), /has none/);
});

Deno.test("scans in no fold go through the mean of all folds where the suite says so", async () => {
  const outside = 3;
  const folds = { ...FOLDS, outside: "ensemble" } as const;
  writeFolds("other", (fold) => 20 + fold);
  const [first, ensemble] = [
    await run("other-{fold}.safetensors", FOLDS),
    await run("other-{fold}.safetensors", folds),
  ];
  for (const { index } of first.dataset.cases) {
    assert.equal(maskOf(first, index) === maskOf(ensemble, index), index !== outside);
  }
  assert.deepEqual(ensemble.models[0].weights.folds, first.models[0].weights.folds);
  assert.deepEqual(ensemble.models[0].weights.ensemble, first.models[0].weights.folds);
  assert.equal(first.models[0].weights.ensemble, undefined);
  writeFolds("same", () => 20);
  const same = await run("same-{fold}.safetensors", folds);
  assert.equal(maskOf(same, outside), maskOf(first, outside));
});

Deno.test("what a scan's caveats take the meaning from is not measured", async () => {
  const { experiments, predictions } = await run("fold-0.safetensors", null, CAVEATS);
  assert.equal(experiments.dice?.status, "done");
  assert.match(JSON.stringify(experiments.area_plot), /refused.*missing in between/);
  assert.match(JSON.stringify(experiments.consecutive), /refused.*presence means nothing/);
  for (const { metrics, runs } of predictions) {
    const { dice, hd95, area_overlap, holes_excess } = metrics!;
    assert.equal(typeof dice.value, "number");
    assert.equal(hd95.reason, "the true spacing is not known");
    for (const one of [area_overlap, holes_excess]) {
      assert.deepEqual(one, { value: null, reason: "slices are missing in between" });
    }
    assert.equal(runs, null);
  }
});
