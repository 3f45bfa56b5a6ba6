/**
 * The check of a machine with a GPU, where there is none: every part runs on the double at tiny sizes,
 * PyTorch on the CPU where it is; budget and resuming with a runner that only pretends.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { check, tell } from "../benchmarks/gpu/check.ts";
import { interleave } from "../benchmarks/gpu/interleaved.ts";
import { askPython } from "../benchmarks/gpu/libraries.ts";
import { Peer } from "../benchmarks/gpu/peer.ts";
import type { Outcome, Runner } from "../benchmarks/gpu/runner.ts";
import { type Part, partsOf } from "../benchmarks/gpu/settings.ts";
import { Subprocesses } from "../benchmarks/gpu/subprocesses.ts";
import { findSanitizer, readTests } from "../benchmarks/gpu/tests.ts";
import { InputError } from "../src/base/errors.ts";
import { readGpuCheck } from "../src/results/mod.ts";
import { sampleRunResult } from "../src/results/sample.ts";
import { buildDouble } from "./double.ts";

const { path: double, problem } = buildDouble();
const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-gpu-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

/** A part that passes is one of tests. */
const PASSED: Outcome = { status: "done", result: { kind: "tests", passed: 3, watchedBy: null } };

/** A runner whose parts take the seconds that they are told, and what they came to. */
function pretending(outcome: (part: Part, limit: number) => [seconds: number, Outcome]) {
  let now = 0;
  const begun: string[] = [];
  const { environment } = sampleRunResult();
  const runner: Runner = {
    device: () => Promise.resolve({ environment, emulated: true, precisions: ["fp32", "bf16"] }),
    run(part, limit) {
      begun.push(part.name);
      const [seconds, result] = outcome(part, limit);
      now += Math.min(seconds, limit);
      return Promise.resolve(seconds > limit ? { status: "stopped" } : result);
    },
  };
  const request = {
    settings: "full" as const,
    seconds: 480,
    out: join(FOLDER, "pretended.json"),
    resume: null,
    python: null,
    runner,
    say: () => {},
    now: () => now,
  };
  return { request, begun };
}

Deno.test("parts run in order of worth while there is time, and those that are done not again", async () => {
  const names = partsOf("full", ["fp32", "bf16"], null).map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  // times come first: a lent machine may go back at any moment
  assert.deepEqual(names.slice(0, 7), [
    "network vnet:paper206 fp32",
    "network unet fp32",
    "network unet fp32 batch 16",
    "scan vnet:paper206 fp32",
    "scan unet fp32",
    "backend suite",
    "golden numbers",
  ]);

  const { request, begun } = pretending(() => [110, PASSED]);
  const first = await check(request);
  assert.deepEqual(begun, names.slice(0, 5));
  assert.equal(first.status, "partial");
  const statuses = first.parts.map(({ status }) => status);
  assert.deepEqual(statuses.slice(0, 6), ["done", "done", "done", "done", "later", "later"]);
  assert.match(JSON.stringify(first.parts[4]), /stopped after 40 s/);
  assert.match(JSON.stringify(first.parts[5]), /no time left/);
  assert.deepEqual(readGpuCheck(request.out), first);

  const { request: some, begun: chosen } = pretending(() => [1, PASSED]);
  const out = join(FOLDER, "some.json");
  const { parts } = await check({ ...some, out, only: ["golden", "scan"] });
  assert.deepEqual(chosen, names.filter((name) => /golden|scan/.test(name)));
  assert.match(JSON.stringify(parts[0]), /not asked for/);

  const { request: again, begun: rest } = pretending(() => [1, PASSED]);
  const second = await check({ ...again, resume: request.out });
  assert.deepEqual(rest, names.slice(4));
  assert.equal(second.status, "complete");
  assert.deepEqual(second.parts.slice(0, 4), first.parts.slice(0, 4));
});

Deno.test("what fails, hangs or cannot be run is told, keeps no other part, and is tried again", async () => {
  const impossible: Outcome = {
    status: "impossible",
    reason: "compute-sanitizer is not installed",
  };
  const { request } = pretending(({ name, most }) =>
    name === "backend suite"
      ? [1, { status: "failed", reason: "1 of 9 tests failed: relu" }]
      : name === "golden numbers"
      ? [most + 1, PASSED]
      : name.startsWith("kernels")
      ? [0, impossible]
      : [1, PASSED]
  );
  const { status, parts } = await check(request);
  assert.equal(status, "complete");
  assert.deepEqual(parts.filter(({ status }) => status === "failed").map(tell), [
    "backend suite: FAILED: 1 of 9 tests failed: relu",
    "golden numbers: FAILED: it took longer than 300 s",
  ]);
  const kernels = parts.filter(({ name }) => name.startsWith("kernels")).map(tell);
  assert.deepEqual(kernels, [
    "kernels under memcheck: not run: compute-sanitizer is not installed",
    "kernels under racecheck: not run: compute-sanitizer is not installed",
  ]);
  const { request: again, begun } = pretending(() => [1, PASSED]);
  await check({ ...again, resume: request.out });
  assert.deepEqual(begun.length, 4);
});

Deno.test("a check is gone on with on the same GPU under another driver, and on no other GPU", async () => {
  const { request } = pretending(() => [1, PASSED]);
  await check(request);
  const { environment } = sampleRunResult();
  const resumed = (change: Partial<typeof environment.backend>) => {
    const other = { ...environment, backend: { ...environment.backend, ...change } };
    const device = () => Promise.resolve({ environment: other, emulated: true, precisions: [] });
    return check({ ...request, resume: request.out, runner: { ...request.runner, device } });
  };
  await assert.rejects(
    resumed({ threads: 99 }),
    (error) => error instanceof InputError && /its GPU is another/.test(error.message),
  );
  const libraries = { ...environment.backend.libraries, "NVIDIA driver": "580.99" };
  await resumed({ libraries });
});

Deno.test("a part that is stopped takes all that it started with it", async () => {
  const lasting = join(FOLDER, "lasting");
  const test = join(FOLDER, "lasting_test.ts");
  Deno.writeTextFileSync(
    test,
    `Deno.test("lasts", async () => {
      const { pid } = new Deno.Command("sleep", { args: ["600"] }).spawn();
      Deno.writeTextFileSync(${JSON.stringify(lasting)}, String(pid));
      await new Promise((done) => setTimeout(done, 600_000));
    });`,
  );
  const request = { kind: "tests", file: test, filter: "lasts", watchedBy: null } as const;
  const outcome = await new Subprocesses({}).run({ name: "lasting", request, most: 60 }, 20);
  assert.deepEqual(outcome, { status: "stopped" });
  const pid = Deno.readTextFileSync(lasting);
  // a process that was killed may be there still, as one that nobody waited for
  const state = () => {
    try {
      return Deno.readTextFileSync(`/proc/${pid}/stat`).split(" ")[2];
    } catch {
      return "gone";
    }
  };
  assert.ok(["gone", "Z", "X"].includes(state()), state());
});

Deno.test("what deno test and compute-sanitizer write is read strictly", () => {
  const passed = "relu ... ok (1s)\n\nok | 12 passed (3 steps) | 0 failed | 9 filtered out (2s)\n";
  const failure = (text: string, watchedBy: string | null, code = 0) => {
    const outcome = readTests({ code, text }, watchedBy);
    return outcome.status === "failed" ? outcome.reason : outcome.status;
  };
  assert.deepEqual(readTests({ code: 0, text: passed }, null), {
    status: "done",
    result: { kind: "tests", passed: 12, watchedBy: null },
  });
  assert.equal(
    failure("ok | 0 passed | 0 failed (1ms)", null),
    "no test ran: the backend is not available there",
  );
  assert.match(failure("error: it broke", null, 1), /did not run \(code 1\): error: it broke/);
  assert.match(failure(passed, null, 139), /ended with code 139/);
  assert.match(failure(passed, "memcheck"), /memcheck gave no summary/);
  const summary = (errors: number) => `${passed}========= ERROR SUMMARY: ${errors} errors\n`;
  assert.equal(failure(summary(0), "memcheck"), "done");
  assert.equal(failure(summary(2), "memcheck", 9), "memcheck found 2 errors");
  const races = `${passed}========= RACECHECK SUMMARY: 1 hazard displayed (1 error, 0 warnings)\n`;
  assert.equal(failure(races, "racecheck"), "racecheck found 1 errors");
});

Deno.test("compute-sanitizer is found in the folders of PATH", () => {
  assert.equal(findSanitizer([join(FOLDER, "none")]), undefined);
  const bin = join(FOLDER, "bin");
  Deno.mkdirSync(bin);
  Deno.writeTextFileSync(join(bin, "compute-sanitizer"), "#!/bin/sh\n", { mode: 0o755 });
  assert.equal(findSanitizer([join(FOLDER, "none"), bin]), join(bin, "compute-sanitizer"));
});

/** A Python that speaks as `peer.py` does, without PyTorch. */
function fakePython(body: string): string {
  const path = Deno.makeTempFileSync({ dir: FOLDER, suffix: ".sh" });
  Deno.writeTextFileSync(path, `#!/bin/sh\n${body}\n`);
  Deno.chmodSync(path, 0o755);
  return path;
}

const READY = `echo noise; echo '{"torch": "2.0", "device": "cuda", "setting": "contiguous"}'`;
const REQUEST = {
  model: "unet",
  input: [1, 3, 8, 8],
  precision: "fp32",
  mode: "eager",
  scan: null,
} as const;

Deno.test("ours and the peers run in turn; a peer that fails or is late is left out, and why is told", async () => {
  const log = join(FOLDER, "turns");
  const ours = () => {
    Deno.writeTextFileSync(log, "a", { append: true });
    return 0.5;
  };
  const turns = async (body: string, patience = 30) => {
    Deno.writeTextFileSync(log, "");
    const result = await interleave({
      ours,
      ownMemory: 7,
      peers: [REQUEST],
      python: fakePython(body),
      patience,
      rounds: 3,
      runs: 2,
    });
    return { ...result, order: Deno.readTextFileSync(log) };
  };
  const loop = (samples: string) =>
    `${READY}; while read n; do printf b >> ${log}; echo "{\\"samples\\": ${samples}, \\"deviceMemory\\": 9}"; done`;
  const { ours: own, peers, order } = await turns(loop("[1, 3]"));
  assert.equal(order, "aaabb".repeat(3));
  assert.deepEqual(own, {
    rounds: [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]],
    median: 0.5,
    deviceMemory: 7,
  });
  assert.deepEqual(peers, [{
    mode: "eager",
    status: "done",
    torch: "2.0",
    device: "cuda",
    setting: "contiguous",
    times: { rounds: [[1, 3], [1, 3], [1, 3]], median: 2, deviceMemory: 9 },
    ratio: { median: 0.25, interval: [0.25, 0.25] },
  }]);
  const reasons = async (body: string, patience?: number) => {
    const { peers: [peer], order } = await turns(body, patience);
    assert.equal(order, "a".repeat(9));
    return peer.status === "missing" ? peer.reason : peer.status;
  };
  assert.equal(
    await reasons(`echo '{"error": "OutOfMemoryError: much"}'`),
    "OutOfMemoryError: much",
  );
  assert.match(await reasons("exec sleep 60", 0.2), /not ready within 0\.2 s/);
  assert.match(await reasons(`${READY}; read n`), /ended without a word|closed|broken pipe/i);
});

/** A Python with PyTorch: named by the environment, or the system's. */
const PEER = askPython(Deno.env.get("STACKBENCH_PEER") ?? "python3").python;

/** Every model that is timed on a GPU, small, with a scan for it. */
function timedModels() {
  const models = partsOf("full", ["fp32"], null).flatMap(({ request }) =>
    request.kind === "network" ? [request.model] : []
  );
  assert.ok(new Set(models).size > 1);
  return [...new Set(models)].map((model) =>
    model.startsWith("vnet")
      ? { model, input: [1, 1, 16, 32, 32], scan: [19, 32, 32] }
      : { model, input: [2, 3, 64, 64], scan: [3, 64, 64] }
  );
}

Deno.test({
  name: "PyTorch times every model that is timed, on the CPU where there is no GPU" +
    (PEER === null ? " (skipped: python3, or what STACKBENCH_PEER names, has no PyTorch)" : ""),
  ignore: PEER === null,
  async fn() {
    // threads that wait for each other on a busy processor take minutes
    Deno.env.set("OMP_NUM_THREADS", "1");
    for (const { model, input, scan } of timedModels()) {
      for (const shape of [null, scan]) {
        const request = { model, input, precision: "fp32", mode: "eager", scan: shape } as const;
        await using peer = new Peer(PEER!, request);
        const { torch } = await peer.ready(600);
        assert.match(torch, /^\d+\./);
        const { samples } = await peer.run(2);
        assert.ok(samples.length === 2 && samples.every((seconds) => seconds > 0), model);
      }
    }
    const [known] = timedModels();
    await using wrong = new Peer(PEER!, {
      model: "vnet:none",
      input: known.input,
      precision: "fp32",
      mode: "eager",
      scan: null,
    });
    await assert.rejects(wrong.ready(600), /KeyError: 'none'/);
  },
});

Deno.test({
  name: "every part of the check runs on the double, each in a process of its own" +
    (double === null ? ` (skipped: ${problem})` : ""),
  ignore: double === null,
  async fn() {
    const keys = ["CUDA", "NVRTC", "CUDNN", "NVML"];
    const runner = new Subprocesses(
      Object.fromEntries(keys.map((key) => [`STACKBENCH_${key}`, double!])),
    );
    const out = join(FOLDER, "tiny.json");
    const said: string[] = [];
    const result = await check({
      settings: "tiny",
      seconds: 3000,
      out,
      resume: null,
      python: null,
      runner,
      say: (line) => void said.push(line),
    });
    assert.deepEqual(readGpuCheck(out), result);
    assert.ok(result.emulated);
    assert.equal(result.environment.backend.gpu?.name, "double of a GPU");
    const ran = result.parts.filter(({ name }) => !name.startsWith("kernels"));
    assert.ok(ran.every(({ status }) => status === "done"), said.join("\n"));
    const text = Deno.readTextFileSync(out);
    assert.ok(!text.includes(Deno.cwd()), "results hold no paths");
    for (const part of ran) {
      if (part.status !== "done" || part.result.kind === "tests") continue;
      const { ours, peers, flops, state } = part.result;
      assert.ok(flops > 0 && ours.median > 0 && ours.deviceMemory! > 0);
      assert.deepEqual(peers, [{
        mode: "eager",
        status: "missing",
        reason: "there is no PyTorch",
      }]);
      assert.deepEqual(state?.after.throttleReasons, ["power cap"]);
      assert.match(tell(part), /HELD DOWN by power cap/);
    }
    const [network] = ran.flatMap((part) =>
      part.status === "done" && part.result.kind === "network" ? [part.result] : []
    );
    assert.ok(network.share.flops > 0 && network.share.bandwidth > 0);
    assert.equal(network.profile.calls, 3);
  },
});
