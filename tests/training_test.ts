/**
 * Trainings as a whole: what is learned, that it comes out the same however often it was stopped,
 * and what is refused.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Backend } from "../src/backends/mod.ts";
import { onednn } from "../src/backends/onednn/mod.ts";
import { type LoadedCase, loadManifest, writePhantoms } from "../src/datasets/mod.ts";
import { weightsHash } from "../src/graph/mod.ts";
import { writeNifti } from "../src/imaging/nifti/write.ts";
import { readScan } from "../src/imaging/mod.ts";
import { buildModel } from "../src/models/mod.ts";
import { readSafetensors } from "../src/tensor/mod.ts";
import {
  parseSettings,
  readLog,
  train,
  type TrainingOutcome,
  type TrainingSettings,
  type TrainingWatch,
} from "../src/training/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-training-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const MANIFEST = await writePhantoms(join(FOLDER, "phantom"), {
  scans: 6,
  shape: [12, 32, 32],
  seed: 3,
});
const CASES = loadManifest(MANIFEST).cases;

/** What a user may say of a training. */
type SettingsInput = Pick<TrainingSettings, "model"> & Partial<TrainingSettings>;

/** A V-Net that learns something in seconds. */
const VNET = {
  model: "vnet:small",
  input: [8, 32, 32],
  overlap: 0.375,
  loss: "dice_cross_entropy",
  learningRate: 1e-2,
  epochs: 2,
  stepsPerEpoch: 6,
  augmentation: ["flip", "shift", "intensity"],
} satisfies SettingsInput;

const UNET = {
  model: "unet:small",
  options: { widths: "4:4:4:8:8:8", middle: "1", w: "1" },
  input: [64, 64],
  batch: 2,
  epochs: 2,
  stepsPerEpoch: 3,
} satisfies SettingsInput;

interface Extra {
  readonly cases?: readonly LoadedCase[];
  readonly resume?: boolean;
  readonly watch?: Partial<TrainingWatch>;
  readonly signal?: AbortSignal;
  readonly out?: string;
}

let folders = 0;
const fresh = () => join(FOLDER, `out-${folders++}`);

function run(
  backend: Backend,
  settings: SettingsInput,
  { cases = CASES, resume = false, watch = {}, signal, out = fresh() }: Extra = {},
): Promise<TrainingOutcome> {
  const quiet = { note() {}, epoch() {}, step() {}, validated() {}, recalled() {} };
  return train({
    settings: parseSettings(settings, "the test"),
    cases,
    backend,
    out,
    resume,
    watch: { ...quiet, ...watch },
    signal,
  });
}

const textOf = (out: string, name: string) => Deno.readTextFileSync(join(out, name));

/** Asserts that two folders hold one training, to the bit. */
function assertSame(a: string, b: string): void {
  for (const name of ["training.jsonl", "training.json"]) {
    assert.equal(textOf(a, name), textOf(b, name), name);
  }
  for (const name of ["best.safetensors", "last.safetensors", "checkpoint.safetensors"]) {
    assert.deepEqual(Deno.readFileSync(join(a, name)), Deno.readFileSync(join(b, name)), name);
  }
}

const { available, detail } = onednn.probe();

/** A test that trains on oneDNN. */
function trainingTest(name: string, fn: (backend: Backend) => Promise<void>): void {
  Deno.test({
    name: `training: ${name}${available ? "" : ` (skipped: ${detail})`}`,
    ignore: !available,
    async fn() {
      using backend = onednn.open();
      await fn(backend);
    },
  });
}

trainingTest("the loss falls, and the best weights are those that it says", async (backend) => {
  const out = fresh();
  const settings = { ...VNET, epochs: 3, stepsPerEpoch: 10, augmentation: [] };
  const outcome = await run(backend, settings, { out });
  const log = readLog(join(out, "training.jsonl"));
  const epochs = log.flatMap((line) => ("epoch" in line ? [line] : []));
  const steps = log.flatMap((line) => ("loss" in line ? [line] : []));
  assert.deepEqual([epochs.length, steps.length], [3, 30]);
  const first = steps.slice(0, 10).reduce((sum, { loss }) => sum + loss, 0) / 10;
  assert.ok(Math.abs(epochs[0].meanLoss - first) < 1e-12);
  assert.ok(epochs[2].meanLoss < epochs[0].meanLoss - 0.3, `${epochs[2].meanLoss}`); // it is 0.6
  const best = Math.max(...epochs.map(({ dice }) => dice!));
  assert.equal(outcome.best?.dice, best);
  assert.equal(epochs.findLast((line) => line.best)?.epoch, outcome.best?.epoch);
  const { graph } = buildModel("vnet:small", { spatial: settings.input });
  for (const name of ["best", "last"] as const) {
    const { tensors } = readSafetensors(join(out, `${name}.safetensors`));
    assert.equal(weightsHash(graph, (key) => tensors.get(key)!), outcome.weights[name]);
  }
  assert.deepEqual(JSON.parse(textOf(out, "training.json")), outcome);
});

for (const settings of [VNET, UNET]) {
  trainingTest(
    `${settings.model} stopped in an epoch and resumed is the same to the bit`,
    async (backend) => {
      const [whole, again, stopped] = [fresh(), fresh(), fresh()];
      const total = settings.epochs * settings.stepsPerEpoch;
      let best: unknown = null;
      const validated: TrainingWatch["validated"] = (line, scans) => {
        if (line.best) best = scans;
      };
      await run(backend, settings, { out: whole, watch: { validated } });
      await run(backend, settings, { out: again });
      assertSame(again, whole);
      // in the first epoch, at its end, and in the second
      let taken = 0;
      for (const stop of [2, settings.stepsPerEpoch, settings.stepsPerEpoch + 1]) {
        const controller = new AbortController();
        const reason = new Error(`stopped after step ${stop}`);
        const step = () => {
          if (++taken === stop) controller.abort(reason);
        };
        await assert.rejects(
          run(backend, settings, {
            out: stopped,
            resume: taken > 0,
            watch: { step },
            signal: controller.signal,
          }),
          reason,
        );
        assert.equal(taken, stop);
        assert.deepEqual(
          namesIn(stopped),
          stop < settings.stepsPerEpoch
            ? ["checkpoint.safetensors", "training.jsonl"]
            : ["best.safetensors", "checkpoint.safetensors", "training.jsonl"],
        );
      }
      const step = () => void taken++;
      await run(backend, settings, { out: stopped, resume: true, watch: { step } });
      assert.equal(taken, total);
      assertSame(stopped, whole);
      // what is done stays as it is, and the scans of its best epoch are told once more
      let told: unknown = null;
      const recalled: TrainingWatch["recalled"] = (scans) => void (told = scans);
      await run(backend, settings, { out: stopped, resume: true, watch: { step, recalled } });
      assert.equal(taken, total);
      assertSame(stopped, whole);
      assert.deepEqual(told, best);
    },
  );
}

trainingTest("more epochs go on with a training that was done", async (backend) => {
  const [whole, longer] = [fresh(), fresh()];
  await run(backend, VNET, { out: whole });
  await run(backend, { ...VNET, epochs: 1 }, { out: longer });
  await run(backend, VNET, { out: longer, resume: true });
  assertSame(longer, whole);
});

function exists(folder: string): boolean {
  try {
    return Deno.statSync(folder).isDirectory;
  } catch {
    return false;
  }
}

/** Files of a folder by name. */
function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

const TASK: string[] = JSON.parse(textOf(ROOT, "deno.json")).tasks.stackbench.command.split(" ")
  .slice(1, -1);

/** The command line of a training of the data set here. */
function command(out: string, ...more: string[]): Deno.Command {
  const { model, input, overlap, loss, learningRate, augmentation } = VNET;
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...[...TASK, join(ROOT, "src/cli/main.ts"), "train", "--data", MANIFEST, "--out", out],
      ...["--model", model, "--input", input.join("x"), "--overlap", `${overlap}`, "--loss", loss],
      ...["--learning-rate", `${learningRate}`, "--augment", augmentation.join(",")],
      ...["--backend", "onednn", ...more],
    ],
    cwd: FOLDER,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

trainingTest("a killed process resumed is the same to the bit", async (backend) => {
  const settings = { ...VNET, epochs: 12 };
  const long = ["--epochs", "12", "--steps", `${settings.stepsPerEpoch}`];
  const [whole, killed] = [fresh(), fresh()];
  const log = join(killed, "training.jsonl");
  const child = command(killed, ...long).spawn();
  const lines = () => {
    try {
      return Deno.readTextFileSync(log).split("\n").length;
    } catch {
      return 0;
    }
  };
  let ended = false;
  const status = child.status.then((end) => (ended = true, end));
  while (lines() < 11 && !ended) await new Promise((resume) => setTimeout(resume, 2));
  if (!ended) child.kill("SIGKILL");
  const [{ signal }] = await Promise.all([status, child.stdout.cancel(), child.stderr.cancel()]);
  assert.equal(signal, "SIGKILL");
  assert.ok(!namesIn(killed).includes("training.json"));
  const resumed = await command(killed, ...long, "--resume").output();
  assert.equal(resumed.code, 0, new TextDecoder().decode(resumed.stderr));
  await run(backend, settings, { out: whole });
  assertSame(killed, whole);
  assert.match(new TextDecoder().decode(resumed.stdout), /72 steps; best after epoch \d+/);
  assert.deepEqual(namesIn(killed).filter((name) => name.endsWith(".tmp")), []);
  assert.match(textOf(killed, "index.html"), /done, 72 steps in 12 epochs/);
});

/** A truth without foreground for every scan to learn from. */
function withoutForeground(): LoadedCase[] {
  return CASES.map((one) => {
    if (one.split !== "train") return one;
    const { shape, affine } = readScan(one.image);
    const truth = join(FOLDER, `empty-${one.index}.nii.gz`);
    const voxels = new Uint8Array(shape[0] * shape[1] * shape[2]);
    writeNifti(truth, { voxels, shape: [shape[2], shape[1], shape[0]], affine });
    return { ...one, truth };
  });
}

trainingTest("what cannot be trained is refused before anything is learned", async (backend) => {
  const only = (split: string) => CASES.filter((one) => one.split === split);
  const refusals: readonly (readonly [RegExp, SettingsInput, Extra])[] = [
    [/no scan in the split train/, VNET, { cases: only("validation") }],
    [/no scan in the split validation/, VNET, { cases: only("train") }],
    [/stacks of 16 slices are larger than scans/, { ...VNET, input: [16, 32, 32] }, {}],
    [/no scan in the split train has any foreground/, VNET, { cases: withoutForeground() }],
    [/multiples of 8/, { ...VNET, input: [8, 32, 33] }, {}],
    [/could not be made/, VNET, { out: join(MANIFEST, "out") }],
    [/case 0 .*it has no truth/, VNET, { cases: CASES.map((one) => ({ ...one, truth: null })) }],
  ];
  for (const [message, settings, extra] of refusals) {
    const out = extra.out ?? fresh();
    await assert.rejects(run(backend, settings, { ...extra, out }), { name: /Error$/, message });
    assert.ok(!exists(out), `${message} leaves a folder`);
  }
});

trainingTest(
  "a folder is gone on with only when asked, and only by its own training",
  async (backend) => {
    const out = fresh();
    const settings = { ...VNET, epochs: 1, stepsPerEpoch: 1 };
    await run(backend, settings, { out });
    const before = namesIn(out).map((name) => textOf(out, name));
    await assert.rejects(run(backend, settings, { out }), { message: /holds a training already/ });
    for (const change of [{ seed: 2 }, { stepsPerEpoch: 2 }, { loss: "dice" as const }]) {
      const other = run(backend, { ...settings, ...change }, { out, resume: true });
      await assert.rejects(other, { name: "InputError", message: /of another training/ });
    }
    const fewer = run(backend, settings, { out, resume: true, cases: CASES.toSpliced(0, 1) });
    await assert.rejects(fewer, { message: /of another training/ });
    assert.deepEqual(namesIn(out).map((name) => textOf(out, name)), before);
  },
);

trainingTest("a training that diverges says so, and keeps its last checkpoint", async (backend) => {
  const out = fresh();
  const settings: SettingsInput = {
    ...VNET,
    options: { bn: "False" },
    loss: "dice",
    schedule: "one_cycle",
    learningRate: 10,
    epochs: 40,
    stepsPerEpoch: 2,
  };
  const seen: Uint8Array[] = [];
  await assert.rejects(
    run(backend, settings, {
      out,
      watch: {
        step: (loss) => assert.ok(Number.isFinite(loss)),
        validated: () => void seen.push(Deno.readFileSync(join(out, "checkpoint.safetensors"))),
      },
    }),
    { name: "StackbenchError", message: /the training diverged: after step \d+ the loss is/ },
  );
  assert.ok(seen.length > 0);
  assert.deepEqual(Deno.readFileSync(join(out, "checkpoint.safetensors")), seen.at(-1));
  assert.deepEqual(namesIn(out), ["best.safetensors", "checkpoint.safetensors", "training.jsonl"]);
});

trainingTest("a collapse to empty masks is noticed", async (backend) => {
  const out = fresh();
  const empty: boolean[] = [];
  await run(backend, { ...VNET, epochs: 1, threshold: 1 }, {
    out,
    watch: { validated: (line) => void empty.push(line.empty) },
  });
  assert.deepEqual(empty, [true]);
  assert.equal(
    readLog(join(out, "training.jsonl")).some((line) => "epoch" in line && line.empty),
    true,
  );
});
