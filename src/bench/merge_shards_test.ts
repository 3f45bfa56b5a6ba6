import assert from "node:assert/strict";
import { join } from "node:path";
import { BACKENDS } from "../backends/mod.ts";
import { InputError, InterruptedError } from "../base/errors.ts";
import { type LoadedManifest, loadManifest, writePhantoms } from "../datasets/mod.ts";
import { seededWeights } from "../graph/weights.ts";
import { buildModel } from "../models/mod.ts";
import { type Progress, quietProgress } from "../progress/mod.ts";
import { readRunResult, type RunResult, withoutVolatile } from "../results/mod.ts";
import { writeSafetensors } from "../tensor/safetensors.ts";
import { mergeShards } from "./merge_shards.ts";
import { partFolder, partOfRun } from "./run_part.ts";
import { scansOfSuite } from "./run_scans.ts";
import { runSuite } from "./run_suite.ts";
import { parseSuite } from "./suite.ts";
import { assertRecomputes } from "./testing.ts";

const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-shards-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const COUNT = 3;
const STACKS = [8, 16, 16];
const quiet = () => {};

/** Weights of a model as a file, as if they were trained. */
function weightsOf(model: string, spatial: readonly number[]): string {
  const { graph } = buildModel(model, { spatial });
  const source = seededWeights(graph, 5);
  const path = join(FOLDER, `${model.replace(":", "-")}.safetensors`);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  writeSafetensors(path, new Map(names.map((name) => [name, source(name)])));
  return path;
}

const SUITE = parseSuite({
  schema: "stackbench/suite",
  version: 1,
  name: "shards",
  dataset: { manifest: "unused" },
  models: [
    { model: "unet:small", input: [32, 32], batch: 4, weights: weightsOf("unet:small", [32, 32]) },
    { model: "vnet:small", input: STACKS, weights: weightsOf("vnet:small", STACKS) },
  ],
  overlap: {
    model: "vnet:small",
    input: STACKS,
    trained: [{ overlap: 0, weights: weightsOf("vnet:small", STACKS) }],
    inference: [0, 0.5],
  },
  timing: { warmup: 0, repeats: 1, caseRepeats: 1, processes: 1 },
}, "test");

/** Five scans: the first is learned from, the last two hold the same voxels. */
async function scans(): Promise<LoadedManifest> {
  const folder = join(FOLDER, "phantoms");
  const request = { seed: 3, scans: 5, shape: [9, 16, 16], healthy: 0 } as const;
  const manifest = loadManifest(await writePhantoms(folder, request));
  const [{ id: from }, { id: to }] = manifest.cases.slice(-2);
  for (const part of ["images", "truth", "lungs"]) {
    Deno.copyFileSync(join(folder, part, `${from}.nii.gz`), join(folder, part, `${to}.nii.gz`));
  }
  const cases = manifest.cases.map((one, index) =>
    ({ ...one, split: index === 0 ? "train" : "test" }) as const
  );
  return { ...manifest, cases };
}

/** Runs the suite, or a part of it, into a folder. */
async function run(
  out: string,
  index?: number,
  more: { suite?: typeof SUITE; resume?: boolean; progress?: Progress; signal?: AbortSignal } = {},
): Promise<RunResult> {
  const { suite = SUITE, resume } = more;
  const manifest = await scans();
  const whole = scansOfSuite(suite, manifest.cases);
  const shard = index === undefined
    ? undefined
    : partOfRun(whole, { index, count: COUNT }, manifest);
  using backend = BACKENDS.find(({ name }) => name === "reference")!.open();
  return await runSuite({
    loaded: { suite, folder: FOLDER },
    manifest,
    shard,
    backend,
    out: shard ? join(FOLDER, out, partFolder(shard)) : join(FOLDER, out),
    resume,
    timingCommand: null,
    progress: more.progress ?? quietProgress(),
    signal: more.signal ?? new AbortController().signal,
  });
}

const merge = (folders: readonly string[], out: string) =>
  mergeShards(folders.map((folder) => join(FOLDER, folder)), { out: join(FOLDER, out) }, quiet);

/** Sets what lies at a path such as `suite.seed`. */
function setAt(value: Record<string, unknown>, path: string, to: unknown): void {
  const [key, ...rest] = path.split(".");
  if (rest.length === 0) value[key] = to;
  else setAt(value[key] as Record<string, unknown>, rest.join("."), to);
}

/** Every file below a folder but results, with its bytes. */
function filesOf(folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const part of ["masks", "panels"]) {
    for (const path of below(join(FOLDER, folder, part))) {
      files.set(path.slice(join(FOLDER, folder).length), Deno.readFileSync(path));
    }
  }
  return files;
}

function* below(folder: string): Generator<string> {
  for (const { name, isDirectory } of [...Deno.readDirSync(folder)].sort(byName)) {
    if (isDirectory) yield* below(join(folder, name));
    else yield join(folder, name);
  }
}

const byName = (a: Deno.DirEntry, b: Deno.DirEntry) => (a.name < b.name ? -1 : 1);

Deno.test("shards, one of them stopped and begun again, merge to the whole run, bit for bit", async () => {
  const whole = await run("whole");
  await run("parts", 3);
  const stop = new AbortController();
  const progress = {
    ...quietProgress(),
    note: (text: string) =>
      /vnet:small: packing/.test(text) && stop.abort(new InterruptedError("")),
  };
  await assert.rejects(run("parts", 1, { progress, signal: stop.signal }), InterruptedError);
  await run("parts", 1, { resume: true });
  await run("parts", 2);
  const again = await run("parts", 2, { resume: true });
  assert.equal(again.status, "complete");
  const merged = merge(["parts"], "parts");

  assert.deepEqual(withoutVolatile(merged), withoutVolatile(whole));
  assert.deepEqual(readRunResult(join(FOLDER, "parts", "result.json")), merged);
  assert.deepEqual(filesOf("parts"), filesOf("whole"));
  assertRecomputes(merged);
  assert.ok(merged.warnings.some(({ code }) => code === "same-voxels"));
  assert.deepEqual(
    merged.timing.inference.map(({ model, scope }) => [model, scope]),
    whole.timing.inference.map(({ model, scope }) => [model, scope]),
  );
  const shards = merged.timing.shards!;
  assert.deepEqual(shards.map(({ index }) => index), [1, 2, 3]);
  assert.deepEqual(shards.flatMap(({ cases }) => cases).sort(), [0, 1, 2, 3, 4]);
  const { masks } = merged.experiments;
  assert.ok(masks?.status === "done" && masks.panels.length > 0);
});

Deno.test("a shard from another machine is begun anew, and merged with a warning", async () => {
  const path = join(FOLDER, "parts", "shard-3-of-3", "result.json");
  const text = Deno.readTextFileSync(path);
  const elsewhere = JSON.parse(text);
  elsewhere.environment.cpu = { model: "another", cores: 64 };
  Deno.writeTextFileSync(path, JSON.stringify(elsewhere));
  const merged = merge(["parts"], "mixed");
  const warning = merged.warnings.find(({ code }) => code === "mixed-machines");
  assert.match(warning!.message, /^1 of 3 shards ran on machines .* in cpu\.model$/);
  assert.equal(merged.timing.shards![2].environment.cpu.model, "another");

  const told: string[] = [];
  const progress = { ...quietProgress(), note: (message: string) => void told.push(message) };
  const result = await run("parts", 3, { resume: true, progress });
  assert.ok(told.some((message) => /begun anew.*another machine/.test(message)), told.join("\n"));
  assert.deepEqual(result.predictions, JSON.parse(text).predictions);
});

Deno.test("shards that are missing, doubled, foreign, older, unfinished or changed are named", () => {
  const [one, two, three] = [1, 2, 3].map((index) => join("parts", `shard-${index}-of-3`));
  const changed = (name: string, path: string, value: unknown) => {
    const folder = join("changed", name);
    Deno.mkdirSync(join(FOLDER, folder, "masks"), { recursive: true });
    const result = JSON.parse(Deno.readTextFileSync(join(FOLDER, three, "result.json")));
    setAt(result, path, value);
    Deno.writeTextFileSync(join(FOLDER, folder, "result.json"), JSON.stringify(result));
    const masks = join(FOLDER, folder, "masks");
    Deno.removeSync(masks);
    Deno.symlinkSync(join(FOLDER, three, "masks"), masks);
    return folder;
  };
  const cases: [string[], RegExp][] = [
    [[one, three], /shard 2 of 3 is missing/],
    [[one], /shard 2, 3 of 3 are missing/],
    [[one, two, three, two], /shard 2 of 3 is there 2 times: .*shard-2-of-3, .*shard-2-of-3/],
    [[one, two, "nowhere"], /nowhere has no results: its shard was never run/],
    [[one, two, three, "whole"], /whole holds a whole run and no shard/],
    [
      [one, two, changed("seed", "suite.seed", 9)],
      /changed\/seed\S* contradicts itself: suite\.seed: 9 is not 1[\s\S]*shard 3 of 3 is missing/,
    ],
    [
      [one, two, changed("commit", "tool.commit", "0".repeat(40))],
      /changed\/commit was made by another program: stackbench 0\.1\.0, commit 000000000000/,
    ],
    [
      [one, two, changed("scans", "dataset.manifestSha256", "0".repeat(64))],
      /changed\/scans is of another run \(dataset\.manifestSha256/,
    ],
    [
      [one, two, changed("library", "environment.backend.libraries", { x: "1" })],
      /changed\/library is of another run \(backend\.libraries/,
    ],
    [
      [one, two, changed("old", "tool.version", "0.0.9")],
      /changed\/old was made by an older program: stackbench 0\.0\.9/,
    ],
    [
      [one, two, changed("older", "version", 1)],
      /changed\/older was made by an older program: its results have version 1/,
    ],
    [
      [one, two, changed("half", "status", "partial")],
      /changed\/half is not finished: run it again with --resume/,
    ],
    [
      [one, two, changed("record", "predictions.0.voxels", 1e6)],
      /changed\/record\S* contradicts itself: predictions\.0: it was changed after it was written/,
    ],
  ];
  for (const [folders, message] of cases) {
    assert.throws(() => merge(folders, "refused"), (error: InputError) => {
      assert.ok(error instanceof InputError && error.advice);
      assert.match(error.message, message);
      return true;
    });
    assert.throws(
      () => Deno.statSync(join(FOLDER, "refused", "result.json")),
      Deno.errors.NotFound,
    );
  }
  const mask = [...below(join(FOLDER, three, "masks"))][0];
  const bytes = Deno.readFileSync(mask);
  Deno.removeSync(mask);
  assert.throws(() => merge([one, two, three], "refused"), /its mask cannot be read/);
  Deno.writeFileSync(mask, bytes);
  merge([one, two, three], "refused");
});
