/**
 * Results of every version there was are read, told, and hold what they held: the fixtures in
 * `fixtures/results/` are as the program of their time wrote them.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { assertRecomputes } from "../src/bench/testing.ts";
import { markdown, report } from "../src/report/mod.ts";
import {
  formatRunResult,
  parseRunResult,
  readGpuCheck,
  readResultFile,
} from "../src/results/mod.ts";
import { VERSION } from "../src/results/version.ts";

const FOLDER = join(import.meta.dirname!, "..", "fixtures", "results");
const pathOf = (version: number) => join(FOLDER, `run_result_v${version}.json`);

for (let version = 1; version <= VERSION; version++) {
  Deno.test(`a result of version ${version} is read whole, follows from its scans, and is told`, () => {
    const { result, from, unknown } = readResultFile(pathOf(version));
    assert.deepEqual([result.version, from.version, unknown], [VERSION, version, []]);
    assertRecomputes(result);
    const text = markdown(report([result]));
    for (const { id } of result.models) assert.ok(text.includes(id), id);
    assert.doesNotMatch(text, /NaN|\[object|undefined \(undefined/);
  });
}

Deno.test("version 1 says the same under its own names", () => {
  const text = Deno.readTextFileSync(pathOf(1))
    .replace('"version": 1,', '"version": 2,\n  "minor": 0,')
    .replaceAll('"solid": [', '"volumetric": [').replaceAll('"flat": [', '"planar": [');
  const before = { ...JSON.parse(text), failures: [] };
  const { result } = readResultFile(pathOf(1));
  for (const [i, { samples, interval: _, ...rest }] of before.timing.inference.entries()) {
    const { processes: [process, ...others], interval, intervalReason, ...kept } =
      result.timing.inference[i];
    assert.deepEqual(kept, rest);
    assert.deepEqual(process.samples.map(({ seconds }) => seconds), samples);
    assert.deepEqual([process.median, others, interval], [rest.median, [], null]);
    assert.match(intervalReason!, /one process/);
  }
  for (const [i, { notes }] of before.dataset.cases.entries()) {
    const told = result.dataset.cases[i].notes;
    assert.deepEqual(told.map(({ kind, rule }) => `${kind}: ${rule}`), notes);
  }
  // what has another shape now was compared above; of the rest every byte stays
  const same = (file: typeof before) => {
    const { timing: { cases, device }, dataset, warnings, failures, ...rest } = file;
    const scans = dataset.cases.map((one: object) => ({ ...one, notes: [] }));
    return formatRunResult({
      ...rest,
      warnings: warnings.map(({ message }: { message: string }) => message),
      failures,
      dataset: { ...dataset, cases: scans },
      timing: { cases, device },
    });
  };
  assert.ok(same(result) === same(before));
});

Deno.test("what held the clocks of a GPU down in version 1 is why they were throttled", () => {
  const file = JSON.parse(Deno.readTextFileSync(pathOf(1)));
  const state = { clock: 1, memoryClock: 2, temperature: null, memoryUsed: 3 };
  const before = { ...state, heldDownBy: [] };
  const after = { ...state, heldDownBy: ["power cap"] };
  file.timing.device = [{ model: file.models[0].id, before, after }];
  const { result } = parseRunResult(file, "x.json");
  assert.deepEqual(result.timing.device![0].after, { ...state, throttleReasons: ["power cap"] });
  assert.match(
    markdown(report([{ ...result, environment: withGpu(result.environment) }])),
    /held down by power cap/,
  );
});

Deno.test("a check of a GPU of version 1 is read as well", () => {
  const { tool, environment, volatile: { startedAt, writtenAt } } =
    readResultFile(pathOf(1)).result;
  const state = {
    clock: 1,
    memoryClock: 2,
    temperature: null,
    memoryUsed: 3,
    heldDownBy: ["heat"],
  };
  const times = { rounds: [[1]], median: 1, deviceMemory: null };
  const check = {
    schema: "stackbench/gpu-check",
    version: 1,
    status: "complete",
    tool,
    settings: "full",
    environment,
    emulated: false,
    parts: [{
      name: "scan",
      status: "done",
      seconds: 1,
      result: {
        kind: "scan",
        model: "m",
        input: [1],
        precision: "fp32",
        flops: 1,
        ours: times,
        peers: [],
        state: { before: state, after: state },
        shape: [1, 1, 1],
        executions: 1,
        phases: {},
      },
    }],
    volatile: { startedAt, writtenAt },
  };
  const path = Deno.makeTempFileSync({ suffix: ".json" });
  try {
    Deno.writeTextFileSync(path, JSON.stringify(check));
    const [part] = readGpuCheck(path).parts;
    assert.ok(part.status === "done" && part.result.kind === "scan");
    assert.deepEqual(part.result.state?.before.throttleReasons, ["heat"]);
    Deno.writeTextFileSync(path, JSON.stringify({ ...check, version: 3 }));
    assert.throws(() => readGpuCheck(path), /has version 3; this stackbench reads up to 2/);
  } finally {
    Deno.removeSync(path);
  }
});

function withGpu<T extends { readonly backend: object }>(environment: T): T {
  const gpu = { name: "a GPU", memory: 1, ecc: null, powerLimit: null };
  return { ...environment, backend: { ...environment.backend, gpu } };
}
