import assert from "node:assert/strict";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { decode } from "fast-png";
import { type Backend, BACKENDS } from "../backends/mod.ts";
import { InputError, InterruptedError } from "../base/errors.ts";
import {
  bestThreshold,
  loadManifest,
  lungHistogram,
  phantom,
  type PhantomSetRequest,
  planPhantoms,
  writePhantoms,
} from "../datasets/mod.ts";
import { buildModel } from "../models/mod.ts";
import { seededWeights } from "../graph/weights.ts";
import { type Progress, quietProgress } from "../progress/mod.ts";
import { readRunResult, type RunResult, withoutVolatile } from "../results/mod.ts";
import { writeSafetensors } from "../tensor/safetensors.ts";
import { tensor } from "../tensor/tensor.ts";
import { runSuite } from "./run_suite.ts";
import { parseSuite, type Suite } from "./suite.ts";
import { assertRecomputes } from "./testing.ts";

const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-run-" });
const reference = BACKENDS.find(({ name }) => name === "reference")!;
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const MODELS = [
  { model: "unet:small", input: [32, 32], batch: 4 },
  { model: "vnet:small", input: [8, 16, 16], overlap: 0.5 },
];

function suiteOf(changes: Record<string, unknown> = {}): Suite {
  return parseSuite({
    schema: "stackbench/suite",
    version: 1,
    name: "test",
    dataset: { manifest: "unused" },
    models: MODELS,
    timing: { warmup: 0, repeats: 1, caseRepeats: 1, processes: 1 },
    ...changes,
  }, "test");
}

const PHANTOMS: PhantomSetRequest = { seed: 3, scans: 2, shape: [12, 24, 24], healthy: 0 };
let phantoms: Promise<string> | undefined;

async function run(
  suite: Suite,
  out: string,
  more: { resume?: boolean; progress?: Progress; signal?: AbortSignal; backend?: Backend } = {},
): Promise<RunResult> {
  phantoms ??= writePhantoms(join(FOLDER, "phantoms"), PHANTOMS);
  using backend = more.backend ?? reference.open();
  return await runSuite({
    loaded: { suite, folder: FOLDER },
    manifest: loadManifest(await phantoms),
    backend,
    out: join(FOLDER, out),
    resume: more.resume ?? false,
    timingCommand: null,
    progress: more.progress ?? quietProgress(),
    signal: more.signal ?? new AbortController().signal,
  });
}

const maskBytes = (out: string, model: string, scan: string) =>
  Deno.readFileSync(join(FOLDER, out, "masks", model, `${scan}.nii.gz`));

/** Weights of a model as a file, as if they were trained. */
function weightsFile(name: string, spatial: readonly number[], seed = 5): string {
  const { graph } = buildModel(name, { spatial });
  const source = seededWeights(graph, seed);
  const path = join(FOLDER, `${name.replace(":", "-")}-${seed}.safetensors`);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  writeSafetensors(path, new Map(names.map((key) => [key, source(key)])));
  return path;
}

Deno.test("with random weights timing runs, accuracy is refused, and a repeat is identical", async () => {
  const [first, second] = [await run(suiteOf(), "a"), await run(suiteOf(), "b")];
  assert.deepEqual(withoutVolatile(first), withoutVolatile(second));
  assert.deepEqual(readRunResult(join(FOLDER, "a", "result.json")), first);
  const { dataset, dice, area_plot, consecutive, smoothing_control, inference_time } =
    first.experiments;
  for (const experiment of [dice, area_plot, consecutive, smoothing_control]) {
    assert.equal(experiment?.status, "refused");
    assert.match(JSON.stringify(experiment), /random weights/);
  }
  assert.equal(dataset?.status, "done");
  assert.equal(inference_time?.status, "done");
  assert.deepEqual(
    first.timing.inference.map(({ model, scope }) => `${model} ${scope}`),
    MODELS.flatMap(({ model }) =>
      ["network", "case", "end_to_end"].map((scope) => `${model} ${scope}`)
    ),
  );
  for (const { id } of first.dataset.cases) {
    const model = "vnet-small";
    assert.deepEqual(maskBytes("a", model, id!), maskBytes("b", model, id!));
  }
});

Deno.test("short scans fill the stacks of a model that says so, and its record does", async () => {
  // scans of 12 slices, stacks of 16
  const short = { model: "vnet:small", input: [16, 16, 16] };
  const filled = ["zeros", "repeat", "shift"].map((filling) => ({ ...short, filling }));
  const models = [short, ...filled];
  const result = await run(suiteOf({ models, experiments: ["dataset", "masks"] }), "filling");
  assert.deepEqual(readRunResult(join(FOLDER, "filling", "result.json")), result);
  const fillings = result.models.map(({ stack }) => stack?.filling);
  assert.deepEqual(fillings, [undefined, undefined, "repeat", "shift"]);
  const own = result.models.map(({ id }) =>
    result.predictions.filter(({ model }) => model === id).map(({ maskSha256 }) => maskSha256)
  );
  assert.deepEqual(own[0], own[1]);
  assert.notDeepEqual(own[0], own[2]);
  assert.deepEqual(own[2], own[3]);
});

Deno.test("a GPU is told of, its clocks around the timings too, and that they were held down", async () => {
  const gpu = { name: "a GPU", memory: 8e10, ecc: true, powerLimit: 700 };
  let asked = 0;
  const backend = Object.assign(reference.open(), {
    device: { kind: "gpu" as const, isa: "sm_90", threads: 132, libraries: {}, gpu },
    state: () => ({
      clock: 1980 - 100 * asked,
      memoryClock: 2619,
      temperature: null,
      memoryUsed: 1e9,
      throttleReasons: asked++ > 0 ? ["power cap"] : [],
    }),
  });
  const models = MODELS.slice(1);
  const result = await run(suiteOf({ models, experiments: ["inference_time"] }), "gpu", {
    backend,
  });
  assert.deepEqual(readRunResult(join(FOLDER, "gpu", "result.json")), result);
  assert.deepEqual(result.environment.backend.gpu, gpu);
  const [{ model, before, after }] = result.timing.device!;
  assert.deepEqual([model, before.clock, after.clock], [
    "vnet:small",
    1980,
    1980 - 100 * (asked - 1),
  ]);
  const held = result.timing.warnings.find(({ code }) => code === "throttled");
  assert.match(held?.message ?? "", /held down while vnet:small was timed: power cap/);
  assert.ok(result.timing.inference.every(({ deviceMemory }) => deviceMemory! > 0));
});

/** The models with weights, and what the overlap experiment takes. */
function trainedSuite(): Suite {
  const models = MODELS.map((model) => ({
    ...model,
    weights: weightsFile(model.model, model.input),
  }));
  const [, { weights, model, input }] = models;
  const trained = [{ overlap: 0, weights }, {
    overlap: 0.5,
    weights: weightsFile(model, input, 6),
  }];
  return suiteOf({ models, overlap: { model, input, trained, inference: [0, 0.5] } });
}

Deno.test("with weights from a file every experiment is made", async () => {
  const result = await run(trainedSuite(), "trained");
  const { experiments, predictions, statistics, dataset } = result;
  assertRecomputes(result);
  for (const experiment of Object.values(experiments)) assert.equal(experiment.status, "done");
  assert.equal(Object.keys(experiments).length, 9);
  assert.ok(predictions.every(({ metrics }) => metrics?.dice.value !== undefined));
  const { dice, consecutive, smoothing_control, masks } = experiments;
  assert.ok(dice?.status === "done" && consecutive?.status === "done");
  assert.ok(smoothing_control?.status === "done");
  assert.deepEqual(dice.models.map(({ paper }) => paper?.numbers.dice), [0.73, 0.79]);
  // of the two scans one is of the test split, and only that one speaks of the models
  assert.deepEqual(dice.splits, ["test"]);
  assert.deepEqual(dice.models.map(({ scans }) => scans.length), [1, 1]);
  const [{ runs, patterns }] = consecutive.models;
  assert.equal(Object.values(patterns).reduce((sum, count) => sum + count, 0), runs);
  assert.deepEqual(smoothing_control.scans.map(({ model }) => model), ["unet:small"]);
  // the files say of grey values what the phantom itself does
  const plan = planPhantoms(PHANTOMS);
  for (const { index, huThreshold } of dataset.cases) {
    const { low, dice } = bestThreshold(lungHistogram(phantom(plan[index].parameters)));
    assert.deepEqual(huThreshold, { low, dice: { value: dice } });
  }
  assert.equal(dice.huThreshold?.scans.length, 1);
  assert.ok(masks?.status === "done");
  assert.deepEqual(
    masks.panels.map(({ of, rule, models }) => `${of} ${rule} ${models.length}`),
    ["models", "overlap"].flatMap((of) =>
      ["largest-area", "median-agreement"].map((rule) => `${of} ${rule} 2`)
    ),
  );
  for (const { file } of masks.panels) {
    assert.equal(decode(Deno.readFileSync(join(FOLDER, "trained", file))).channels, 3);
  }
  assert.ok(statistics?.status === "done");
  assert.equal(statistics.pairs[0].comparisons[0].reason, "one patient has no spread");
});

Deno.test("the sweep of thresholds has the numbers of the run at the run's threshold", async () => {
  const { predictions, experiments: { threshold_sweep, dice } } = await run(
    { ...trainedSuite(), threshold: 0.45, experiments: ["dice", "threshold_sweep"] },
    "swept",
  );
  assert.ok(threshold_sweep?.status === "done" && dice?.status === "done");
  const { thresholds, scans, models, used } = threshold_sweep;
  const at = thresholds.indexOf(used);
  assert.equal(used, 0.45);
  assert.deepEqual(thresholds, thresholds.toSorted((a, b) => a - b));
  assert.equal(scans.length, 2);
  for (const { model, case: index, predicted, truePositives } of scans) {
    const twin = predictions.find((one) => one.model === model && one.case === index)!;
    assert.deepEqual([predicted[at], truePositives[at]], [twin.voxels, twin.truePositives]);
    assert.ok(predicted.every((count, i) => i === 0 || count <= predicted[i - 1]));
    assert.ok(predicted[0] > predicted[thresholds.length - 1], "the thresholds make no difference");
  }
  for (const [i, { mean, pooled }] of models.entries()) {
    assert.equal(mean[at].value, dice.models[i].mean.value);
    assert.equal(pooled[at].value, dice.models[i].pooled.value);
  }
});

Deno.test("a combination of overlaps is run once, over scored scans, unless a model stands for it", async () => {
  const result = await run(trainedSuite(), "overlaps");
  const { models, predictions, dataset, timing, experiments: { overlap, dice } } = result;
  assert.ok(overlap?.status === "done" && dice?.status === "done");
  assert.deepEqual(
    overlap.combinations.map((one) => [one.trainedOverlap, one.inferenceOverlap, one.model]),
    [
      [0, 0, "vnet:small@trained-0-inference-0"],
      [0, 0.5, "vnet:small"],
      [0.5, 0, "vnet:small@trained-0.5-inference-0"],
      [0.5, 0.5, "vnet:small@trained-0.5-inference-0.5"],
    ],
  );
  const test = dataset.cases.filter(({ split }) => split === "test").map(({ index }) => index);
  for (const { model, means } of overlap.combinations) {
    const scans = predictions.filter((one) => one.model === model && test.includes(one.case));
    assert.equal(scans.length, 1);
    for (const name of ["dice", "area_overlap", "seam_index_prediction"]) {
      assert.equal(means[name].value, scans[0].metrics![name].value);
    }
  }
  const added = models.filter(({ experiment }) => experiment === "overlap").map(({ id }) => id);
  assert.equal(added.length, 3);
  assert.equal(predictions.filter(({ model }) => added.includes(model)).length, 3);
  // they crowd neither the other experiments nor the repeated timings
  assert.deepEqual(dice.models.map(({ model }) => model), ["unet:small", "vnet:small"]);
  assert.ok(timing.inference.every(({ model }) => !added.includes(model)));
});

Deno.test("an interrupted run keeps what is finished, and goes on to the same result", async () => {
  const whole = await run(trainedSuite(), "whole");
  const controller = new AbortController();
  let started = 0;
  const progress = {
    ...quietProgress(),
    start() {
      // two scans of each model; interrupted while the last of these is on its way
      if (++started === 4) controller.abort(new InterruptedError("interrupted"));
    },
  };
  await assert.rejects(
    run(trainedSuite(), "cut", { progress, signal: controller.signal }),
    InterruptedError,
  );
  const partial = readRunResult(join(FOLDER, "cut", "result.json"));
  assert.equal(partial.status, "partial");
  assert.equal(partial.predictions.length, 3);
  assert.equal(partial.statistics, undefined);
  const older: Record<string, unknown> = { ...partial, version: 1 };
  delete older.minor;
  Deno.mkdirSync(join(FOLDER, "older"));
  Deno.writeTextFileSync(join(FOLDER, "older", "result.json"), JSON.stringify(older));
  await assert.rejects(
    run(trainedSuite(), "older", { resume: true }),
    /cannot be gone on with: its schema has version 1, not 2\.0/,
  );
  await assert.rejects(
    run({ ...trainedSuite(), seed: 9 }, "cut", { resume: true }),
    /it comes from another suite \(sha256: .*\)|seed: 1 before, 9 now/,
  );
  // a record that was changed is refused; one whose mask is gone is made again
  const path = join(FOLDER, "cut", "result.json");
  const [altered, lost] = partial.predictions;
  const dice = { value: 0.99 };
  const changed = { ...altered, metrics: { ...altered.metrics, dice } };
  const predictions = [changed, ...partial.predictions.slice(1)];
  Deno.writeTextFileSync(path, JSON.stringify({ ...partial, predictions }));
  await assert.rejects(
    run(trainedSuite(), "cut", { resume: true }),
    /contradicts itself: predictions\.0: it was changed after it was written/,
  );
  Deno.writeTextFileSync(path, JSON.stringify(partial));
  const id = partial.dataset.cases.find(({ index }) => index === lost.case)!.id;
  Deno.removeSync(join(FOLDER, "cut", "masks", lost.model.replace(":", "-"), `${id}.nii.gz`));
  const notes: string[] = [];
  const told = { ...quietProgress(), note: (message: string) => void notes.push(message) };
  const resumed = await run(trainedSuite(), "cut", { resume: true, progress: told });
  const again = notes.filter((text) => / again: /.test(text));
  assert.equal(again.length, 1);
  assert.match(again[0], /scan 1 again: its mask cannot be read/);
  assert.deepEqual(withoutVolatile(resumed), withoutVolatile(whole));
  assert.ok(resumed.timing.cases.some((one) => isDeepStrictEqual(one, partial.timing.cases[2])));
  await assert.rejects(
    run({ ...trainedSuite(), seed: 9 }, "cut", { resume: true }),
    (error: Error) => error instanceof InputError && /it is complete/.test(error.message),
  );
});

Deno.test("a network whose numbers overflow fails on the scan, and another goes on", async () => {
  const [, { model, input }] = MODELS;
  const options = { bn: "False" };
  const { graph } = buildModel(model, { spatial: input, options });
  const source = seededWeights(graph, 5);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  const huge = names.filter((name) => /conv.*weight$/.test(name));
  const path = join(FOLDER, "overflow.safetensors");
  writeSafetensors(
    path,
    new Map(names.map((name) => {
      const { shape, data } = source(name);
      const factor = huge.includes(name) ? 1e17 : 1;
      return [name, tensor("f32", shape, Float32Array.from(data, (value) => factor * value))];
    })),
  );
  const sound = { model, input, weights: weightsFile(model, input) };
  const suite = suiteOf({ models: [{ model, input, options, weights: path }, sound] });
  const { failures, predictions, warnings, dataset, timing, experiments } = await run(
    suite,
    "overflow",
  );
  assert.deepEqual(failures.map((one) => [one.model, one.case]), [[model, 0], [model, 1]]);
  assert.match(failures[0].reason, /probabilities of a slice are not finite/);
  assert.deepEqual(predictions.map((one) => one.model), [`${model}#2`, `${model}#2`]);
  assert.equal(warnings.filter(({ code }) => code === "failed").length, 2);
  assert.equal(dataset.cases.length, 2);
  assert.deepEqual(
    timing.inference.map((one) => `${one.model} ${one.scope}`),
    [
      `${model} network`,
      ...["network", "case", "end_to_end"].map((scope) => `${model}#2 ${scope}`),
    ],
  );
  assert.equal(experiments.dice?.status, "done");
  assert.throws(() =>
    Deno.statSync(join(FOLDER, "overflow", "masks", "vnet-small", "p001-1.nii.gz"))
  );
});

Deno.test("a suite that breaks a rule is an error that names the place", () => {
  const broken: [Record<string, unknown>, RegExp][] = [
    [{ models: [] }, /models/],
    [{ models: [{ model: "vnet:small", wieghts: "w" }] }, /wieghts/],
    [{ threshold: 1.5 }, /threshold/],
    [{ experiments: ["dicee"] }, /experiments\.0/],
    [{ dataset: {} }, /dataset/],
    [{ overlap: { model: "vnet:small", trained: [{ overlap: 1, weights: "w" }] } }, /overlap/],
    [{ name: "../escape" }, /name/],
  ];
  for (const [changes, place] of broken) {
    assert.throws(() => suiteOf(changes), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, place);
      return true;
    });
  }
});
