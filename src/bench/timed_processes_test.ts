/** Timing in fresh processes: what is asked and answered, in turn, and what ends badly. */

import assert from "node:assert/strict";
import { InterruptedError } from "../base/errors.ts";
import { quietProgress } from "../progress/mod.ts";
import { momentWarnings } from "../results/mod.ts";
import { selfCommand } from "./self_command.ts";
import { timeInTurn } from "./timed_processes.ts";
import { SAMPLE_REQUEST } from "./sample_request.ts";
import { type CommandLine, openInProcess } from "./timing_client.ts";
import type { TimingTarget } from "./timing_session.ts";

const ROUNDS = { processes: 3, warmup: 1, repeats: 2, caseRepeats: 2 };

function context(signal = new AbortController().signal) {
  return { seed: 1, progress: quietProgress(), signal };
}

/** A model that takes given seconds, and writes down what is done with it. */
function pretended(key: string, seconds: number, log: string[]) {
  const moment = {
    cpu: null,
    peakRss: 1000 * seconds,
    device: null,
  };
  const target: TimingTarget = {
    facts: {
      slices: 4,
      flops: 8e9,
      deviceClock: false,
      kernels: [],
      memory: { arena: 3, weights: 2, scratch: 1 },
      onGpu: true,
    },
    network: () => Promise.resolve(seconds * (1 + log.push(key) / 1e6)),
    scan: () => Promise.resolve({ case: 10 * seconds, end_to_end: 11 * seconds }),
    moment: () => Promise.resolve(moment),
    close: () => Promise.resolve(void log.push(`${key} closed`)),
  };
  const open = () => (log.push(`${key} opened`), Promise.resolve(target));
  return { key, open, scan: { slices: 40, executions: 10 } };
}

Deno.test("models take turns in fresh processes, whose medians make the interval", async () => {
  const log: string[] = [];
  const models = [pretended("a", 1, log), pretended("b", 2, log)];
  const [a, b] = await timeInTurn(models, ROUNDS, context());
  const opened = log.filter((text) => text.endsWith("opened"));
  assert.equal(opened.length, 6);
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(opened.slice(2 * round, 2 * round + 2).sort(), ["a opened", "b opened"]);
  }
  assert.equal(log.filter((text) => text === "a").length, 3 * (1 + 2));
  assert.deepEqual(a.timings.map(({ scope }) => scope), ["network", "case", "end_to_end"]);
  const [network, scan] = b.timings;
  assert.deepEqual(network.processes.map(({ samples }) => samples.length), [2, 2, 2]);
  assert.ok(Math.abs(network.median - 2) < 1e-3);
  const { low, high } = network.interval!;
  assert.ok(low < network.median && network.median < high && high - low < 1e-3);
  assert.equal(network.slicesPerSecond, 4 / network.median);
  assert.equal(scan.slices, 40);
  assert.equal(scan.gflopPerSecond, 80 / scan.median);
  assert.deepEqual([scan.peakRss, scan.deviceMemory], [2000, 6]);
});

Deno.test("one process has no interval, and says why", async () => {
  const models = [pretended("a", 1, [])];
  const [{ timings: [network] }] = await timeInTurn(models, { ...ROUNDS, processes: 1 }, context());
  assert.equal(network.interval, null);
  assert.match(network.intervalReason!, /one process/);
});

const command = selfCommand("serve-timing");
const skip = command === null ? " (skipped: this process may start none)" : "";

Deno.test({
  name: `a fresh process times a network, with its own memory${skip}`,
  ignore: command === null,
  async fn() {
    const target = await openInProcess(command!, SAMPLE_REQUEST);
    try {
      assert.equal(target.facts.slices, 8);
      assert.ok(await target.network() > 0);
      const { peakRss } = await target.moment();
      assert.ok(peakRss! > 1e7 && peakRss! < 2e9);
      await assert.rejects(target.scan(), /no scan was named/);
      assert.ok(await target.network() > 0, "a refusal ends nothing");
    } finally {
      await target.close();
    }
  },
});

Deno.test({
  name: `a process that cannot start, fails, ends or answers otherwise says so${skip}`,
  ignore: command === null,
  async fn() {
    const open = (line: CommandLine, signal?: AbortSignal) =>
      openInProcess(line, SAMPLE_REQUEST, { signal }).then((target) => target.close());
    const script = (code: string): CommandLine => [command![0], "eval", code];
    await assert.rejects(open(["/nowhere/stackbench"]), /could not be started/);
    await assert.rejects(open(script("console.error('no room'); Deno.exit(3)")), /3.*no room/s);
    await assert.rejects(
      open(script("Deno.kill(Deno.pid, 'SIGKILL')")),
      /was ended by SIGKILL when it was asked to open/,
    );
    await assert.rejects(open(script(`console.log('{"answer":"scan"}')`)), /asked for opened/);
    await assert.rejects(
      open(script(`console.log('{"answer":"opened","protocol":99,"facts":{}}')`)),
      /protocol 99/,
    );
    await assert.rejects(
      openInProcess(command!, {
        ...SAMPLE_REQUEST,
        model: { ...SAMPLE_REQUEST.model, model: "vnet:tiny" },
      }),
      /there is no model vnet:tiny/,
    );
    const controller = new AbortController();
    setTimeout(() => controller.abort(new InterruptedError("interrupted")), 100);
    await assert.rejects(open(script("setInterval(() => {}, 1000)"), controller.signal), {
      name: "InterruptedError",
    });
  },
});

Deno.test("what went on beside the timings becomes warnings, and quiet ones none", () => {
  const timed = (seconds: readonly number[], rest = {}) => ({
    model: "m",
    scope: "network" as const,
    slices: 1,
    warmup: 0,
    processes: [{
      samples: seconds.map((one) => ({ seconds: one })),
      median: 1,
      peakRss: null,
      ...rest,
    }],
    median: 1,
    interval: null,
    slicesPerSecond: 1,
    gflopPerSecond: 1,
    peakRss: null,
  });
  const codes = (seconds: readonly number[], rest = {}, loadAverage: number | null = 0.1) =>
    momentWarnings({ inference: [timed(seconds, rest)] }, { loadAverage }, 2)
      .map(({ code }) => code);
  const even = [1, 1.01, 0.99, 1.02, 1];
  assert.deepEqual(codes(even, { others: 0.1, stolen: 0, clockRatio: 1.02 }), []);
  assert.deepEqual(codes(even, { others: 0.9 }), ["busy-machine"]);
  assert.deepEqual(codes(even, { stolen: 0.1 }), ["stolen-time"]);
  assert.deepEqual(codes(even, { clockRatio: 0.8 }), ["clock-changed"]);
  assert.deepEqual(codes(even, {}, 1.5), ["busy-machine"]);
  assert.deepEqual(codes(even, {}, null), []);
  assert.deepEqual(codes([...even, 2]), ["outlier"]);
  assert.deepEqual(momentWarnings({ inference: [] }, { loadAverage: 9 }, 2), []);
});
