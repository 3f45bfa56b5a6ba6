/** Whatever is wrong with a file that a user names: the error says which file, and what to do. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { loadSuite } from "../src/bench/mod.ts";
import { StackbenchError } from "../src/base/errors.ts";
import { loadManifest } from "../src/datasets/mod.ts";
import { readMask, readScan } from "../src/imaging/mod.ts";
import { readGpuCheck, readRunResult } from "../src/results/mod.ts";
import { readSafetensors } from "../src/tensor/mod.ts";
import { readTrainingFile } from "../src/training/mod.ts";

/** Readers of what a user names. */
const READERS: Readonly<Record<string, (path: string) => unknown>> = {
  result: (path) => readRunResult(path),
  "check of a GPU": readGpuCheck,
  manifest: (path) => loadManifest(path),
  suite: (path) => loadSuite(path),
  "training file": readTrainingFile,
  "file of weights": readSafetensors,
  scan: (path) => readScan(path),
  mask: (path) => readMask(path),
};

/** What may stand at a path instead. */
const WRONG: Readonly<Record<string, (path: string) => void>> = {
  nothing: () => {},
  "a folder": (path) => Deno.mkdirSync(path),
  "an empty file": (path) => Deno.writeTextFileSync(path, ""),
  text: (path) => Deno.writeTextFileSync(path, "no such thing"),
  "half of a JSON file": (path) =>
    Deno.writeTextFileSync(path, '{"schema": "stackbench/run-result'),
  "JSON of another kind": (path) => Deno.writeTextFileSync(path, '{"schema": "another"}'),
  "a result of no version": (path) =>
    Deno.writeTextFileSync(path, '{"schema": "stackbench/run-result", "version": 0}'),
  "a result without content": (path) =>
    Deno.writeTextFileSync(path, '{"schema": "stackbench/run-result", "version": 2}'),
};

for (const [reader, read] of Object.entries(READERS)) {
  Deno.test(`a ${reader} that is none is refused by its path, with advice`, async () => {
    const folder = Deno.makeTempDirSync();
    try {
      for (const [what, make] of Object.entries(WRONG)) {
        const path = join(folder, `${what.replaceAll(" ", "-")}.json`);
        make(path);
        await assert.rejects(async () => await read(path), (error: Error) => {
          assert.ok(error instanceof StackbenchError, `${what}: ${error.stack}`);
          assert.match(error.message, new RegExp(path), what);
          assert.ok(error.advice !== undefined, `${what}: ${error.message}`);
          return true;
        });
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}
