/**
 * Every results file that is committed can be read, and its means follow from its scans.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { assertRecomputes } from "../src/bench/testing.ts";
import { readGpuCheck, readRunResult } from "../src/results/mod.ts";

const FOLDER = join(import.meta.dirname!, "..", "results");

function* jsonFiles(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* jsonFiles(path);
    else if (name.endsWith(".json")) yield path;
  }
}

const ofSchema = (schema: string) =>
  [...jsonFiles(FOLDER)].filter((path) => JSON.parse(Deno.readTextFileSync(path)).schema === schema)
    .sort();

const paths = ofSchema("stackbench/run-result");
const checks = ofSchema("stackbench/gpu-check");

Deno.test({
  name: "committed results are valid and complete, and their means follow from their scans" +
    (paths.length > 0 ? "" : " (skipped: none is committed)"),
  ignore: paths.length === 0,
  fn() {
    for (const path of paths) {
      const result = readRunResult(path);
      assert.equal(result.status, "complete", path);
      assertRecomputes(result);
    }
  },
});

Deno.test({
  name: "committed checks of a GPU are valid, and of a real one" +
    (checks.length > 0 ? "" : " (skipped: none is committed)"),
  ignore: checks.length === 0,
  fn() {
    for (const path of checks) {
      const { emulated, settings, parts } = readGpuCheck(path);
      assert.deepEqual([emulated, settings], [false, "full"], path);
      assert.ok(parts.some(({ status }) => status === "done"), path);
    }
  },
});
