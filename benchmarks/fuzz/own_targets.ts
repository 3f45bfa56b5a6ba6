/**
 * What is fuzzed of that which Stackbench itself leaves and reads again: caches, logs and
 * checkpoints, which a full disk or a stranger may have changed.
 *
 * @module
 */

import { join } from "node:path";
import { DiskCache } from "../../src/backends/cudnn/cuda/cache.ts";
import { InputError } from "../../src/base/errors.ts";
import { buildModel } from "../../src/models/mod.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/training/checkpoint.ts";
import { readLog, TrainingLog } from "../../src/training/log.ts";
import { initialState } from "../../src/training/state.ts";
import type { Target } from "./target.ts";

/** What a plan that cuDNN compiled is kept as: engine, name, JSON. */
const [KEY, PLAN] = ["some GPU compiled some graph", '7\nengine\n{"plan": [1, 2, 3]}'];

const TRAINING = { sha256: "this", settings: { loss: "dice", seed: 1 }, threads: 1 };

/** The readers of what Stackbench writes, with files in a folder. */
export function ownTargets(folder: string): Target[] {
  return [cacheTarget(folder), logTarget(folder), checkpointTarget(folder)];
}

/** A cache gives what was kept or nothing: anything else would be run on a GPU. */
function cacheTarget(folder: string): Target {
  const kept = join(folder, "kept");
  const cache = new DiskCache(kept, () => {});
  const plan = new TextEncoder().encode(PLAN);
  cache.set(KEY, plan);
  const [{ name }] = Deno.readDirSync(kept);
  const seed = join(folder, name);
  Deno.renameSync(join(kept, name), seed);
  return {
    name: "cache of cuDNN's plans",
    files: [seed],
    read(path) {
      Deno.copyFileSync(path, join(kept, name));
      const found = cache.get(KEY);
      if (found === null) throw new InputError("the entry was thrown away");
      if (new TextDecoder().decode(found) !== PLAN) throw new Error("a damaged plan was believed");
    },
  };
}

function logTarget(folder: string): Target {
  const path = join(folder, "training.jsonl");
  const log = new TrainingLog(path, 0);
  for (let step = 1; step <= 4; step++) log.add({ step, loss: 1 / step, rate: 1e-3 });
  log.add({ epoch: 1, step: 4, meanLoss: 0.5, dice: null, empty: true, best: false });
  const read = (path: string) => {
    readLog(path);
    new TrainingLog(path, 2);
  };
  return { name: "log of a training", files: [path], read };
}

function checkpointTarget(folder: string): Target {
  const path = join(folder, "checkpoint.safetensors");
  const { graph } = buildModel("vnet:small", { spatial: [8, 8, 16], options: { f: "1" } });
  const state = () => initialState(graph, 1);
  writeCheckpoint(path, state(), TRAINING);
  return {
    name: "checkpoint of a training",
    files: [path],
    read: (path) => readCheckpoint(path, state(), TRAINING),
  };
}
