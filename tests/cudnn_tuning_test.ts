/** Engines that are tried on the GPU before one is taken: on the double. */

import assert from "node:assert/strict";
import type { Cache } from "../src/backends/cudnn/cuda/cache.ts";
import { compile } from "../src/backends/mod.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import { seededWeights } from "../src/graph/weights.ts";
import { window } from "./case.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();

Deno.test({
  name: "the fastest engine is taken, and taken again by the next process without a trial" +
    (path === null ? ` (skipped: ${problem})` : ""),
  ignore: path === null,
  fn() {
    using cleanup = new DisposableStack();
    const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
    const { doubleSlowEngine, doubleFailAt, doubleCalls, doubleAlive } = control.symbols;
    cleanup.defer(() => doubleSlowEngine(-1));
    const b = new GraphBuilder("one convolution");
    const x = b.input("x", [1, 2, 6, 8]);
    const same = window([3, 3], [1, 1], [1, 1], [1, 1]);
    const graph = b.build(b.conv("c", x, { channels: 4, ...same }));
    const weights = seededWeights(graph, 1);
    const entries = new Map<string, Uint8Array<ArrayBuffer>>();
    const warnings: string[] = [];
    const cache: Cache = {
      get: (key) => entries.get(key) ?? null,
      set: (key, bytes) => void entries.set(key, Uint8Array.from(bytes)),
      discard: (key, why) => {
        warnings.push(why);
        entries.delete(key);
      },
    };
    const opened = () => {
      doubleFailAt(0n);
      using backend = cudnnOnDouble({ cache, tuning: true }).open();
      using executable = compile(backend, graph, weights);
      return { by: executable.steps[0].implementation, calls: Number(doubleCalls()) };
    };
    // the library names engine 1 before engine 2
    doubleSlowEngine(1);
    const tuned = opened();
    assert.match(tuned.by, /engine 2: forward/);
    doubleSlowEngine(2);
    const again = opened();
    assert.equal(again.by, tuned.by);
    assert.ok(again.calls < tuned.calls, `${again.calls} calls, ${tuned.calls} with trials`);
    for (const [key] of [...entries].filter(([key]) => key.includes("fastest"))) {
      entries.set(key, new TextEncoder().encode("99"));
    }
    assert.match(opened().by, /engine 1: forward/);
    assert.match(warnings[0], /does not know this engine/);
    assert.equal(doubleAlive(), 0n);
  },
});
