import assert from "node:assert/strict";
import { join } from "node:path";
import { buildModel } from "../models/mod.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { type LogLine, readLog, TrainingLog } from "./log.ts";
import { initialState, type TrainingState } from "./state.ts";

const folder = Deno.makeTempDirSync({ prefix: "stackbench-checkpoint-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const { graph } = buildModel("vnet:small", { spatial: [8, 8, 16], options: { bn: "True" } });

const THIS = { sha256: "this", settings: { loss: "dice", seed: 1 }, threads: 2 };

function someState(): TrainingState {
  const state = initialState(graph, 1);
  let next = 0;
  for (const { mean, square } of state.weights.values()) {
    for (const part of [mean, square]) part.forEach((_, i) => part[i] = ++next / 7);
  }
  return Object.assign(state, { step: 12, lossSum: 1 / 3, best: { epoch: 2, dice: 0.1 + 0.2 } });
}

Deno.test("a checkpoint gives back every bit: weights, moments, position and best", () => {
  const path = join(folder, "whole.safetensors");
  const state = someState();
  writeCheckpoint(path, state, THIS);
  const read = initialState(graph, 2);
  readCheckpoint(path, read, THIS);
  assert.deepEqual(read, state);
  const untouched = initialState(graph, 2);
  const refused = (changes: object, message: RegExp) =>
    assert.throws(
      () => readCheckpoint(path, untouched, { ...THIS, sha256: "that", ...changes }),
      { name: "InputError", message },
    );
  refused({}, /of another training: other scans, or another graph/);
  refused({ settings: { loss: "dice", seed: 2 } }, /of another training: seed: 1 before, 2 now/);
  assert.deepEqual(untouched, initialState(graph, 2));
  const said: string[] = [];
  readCheckpoint(path, read, { ...THIS, threads: 1 }, (message) => said.push(message));
  assert.match(said.join(), /warning: the training began with 2 threads and goes on with 1/);
});

Deno.test("a damaged checkpoint, and a file that is none, are refused by name", () => {
  const path = join(folder, "damaged.safetensors");
  writeCheckpoint(path, someState(), THIS);
  const bytes = Deno.readFileSync(path);
  const refused = { name: "InputError", message: /damaged\.safetensors/ };
  for (const length of [0, 7, 100, bytes.length - 1]) {
    Deno.writeFileSync(path, bytes.subarray(0, length));
    assert.throws(() => readCheckpoint(path, someState(), THIS), refused, `${length} bytes`);
  }
  const other = buildModel("vnet:small", { spatial: [8, 8, 16], options: { f: "2" } }).graph;
  writeCheckpoint(path, initialState(other, 1), THIS);
  assert.throws(() => readCheckpoint(path, someState(), THIS), {
    ...refused,
    message: /lacks weights of .*: it is damaged/,
  });
});

Deno.test("a log is taken back to a step, and a half line at its end is dropped", () => {
  const path = join(folder, "training.jsonl");
  const lines: LogLine[] = [
    { step: 1, loss: 0.5, rate: 1e-3 },
    { step: 2, loss: 0.25, rate: 1e-3 },
    { epoch: 1, step: 2, meanLoss: 0.375, dice: null, empty: true, best: false },
    { step: 3, loss: 0.125, rate: 1e-3 },
  ];
  const log = new TrainingLog(path, 0);
  lines.forEach((line) => log.add(line));
  assert.deepEqual(readLog(path), lines);
  Deno.writeTextFileSync(path, '{"step":4,"lo', { append: true });
  assert.deepEqual(readLog(path), lines);
  new TrainingLog(path, 2);
  assert.deepEqual(readLog(path), lines.slice(0, 3));
  new TrainingLog(path, 0);
  assert.deepEqual(readLog(path), []);
  Deno.writeTextFileSync(path, "no line\n");
  assert.throws(() => new TrainingLog(path, 2), { name: "InputError", message: /training\.jsonl/ });
});
