/** Ways to do a step that are timed on the GPU before one is taken: on the double. */

import assert from "node:assert/strict";
import type { Cache } from "../src/backends/cudnn/cuda/cache.ts";
import type { SessionOptions } from "../src/backends/cudnn/graph_api/session.ts";
import type { Backend, Precision } from "../src/backends/backend.ts";
import { compile } from "../src/backends/mod.ts";
import { reference } from "../src/backends/reference/mod.ts";
import { elements } from "../src/base/shapes.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/graph.ts";
import { seededWeights } from "../src/graph/weights.ts";
import { window } from "./case.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();

/** A cache in memory, and why entries of it were thrown away. */
function memoryCache() {
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
  return { entries, warnings, cache };
}

/** A convolution, and what is fused to it. */
function convolution(activation?: "elu" | "relu"): Graph {
  const b = new GraphBuilder("one convolution");
  const same = window([3, 3], [1, 1], [1, 1], [1, 1]);
  const y = b.conv("c", b.input("x", [1, 2, 6, 8]), { channels: 4, ...same });
  return b.build(activation ? b.apply(activation, "a", [y], {}) : y);
}

/** A convolution that no kernel of ours takes and a transposed one, each with what follows it. */
function onlyEngines(): Graph {
  const b = new GraphBuilder("layers of engines");
  const half = window([2, 2], [2, 2], [0, 0], [0, 0]);
  const x = b.input("x", [1, 3, 6, 8]);
  const c = b.preluChannel("a", b.conv("c", x, { channels: 9, ...half }));
  return b.build(b.apply("sigmoid", "y", [b.deconv("d", c, { channels: 4, ...half })], {}));
}

/** A test on the double, whose engines are all there and none of them slow behind it. */
function onDouble(
  name: string,
  fn: (control: ReturnType<typeof controlDouble>["symbols"]) => void,
): void {
  Deno.test({
    name: `${name}${path === null ? ` (skipped: ${problem})` : ""}`,
    ignore: path === null,
    fn() {
      using cleanup = new DisposableStack();
      const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
      cleanup.defer(() => {
        control.symbols.doubleSlowEngine(-1);
        control.symbols.doubleEngines(0);
      });
      fn(control.symbols);
      assert.equal(control.symbols.doubleAlive(), 0n);
    },
  });
}

/** What runs a graph's first step. */
function implementationOf(graph: Graph, options: SessionOptions): string {
  using backend = cudnnOnDouble(options).open();
  using executable = compile(backend, graph, seededWeights(graph, 1));
  return executable.steps[0].implementation;
}

/** What comes of a graph, and what runs its steps. */
function through(backend: Backend, graph: Graph, precision: Precision) {
  using executable = compile(backend, graph, seededWeights(graph, 1), precision);
  const [input, output] = [executable.inputs[0], executable.outputs[0]];
  const x = Float32Array.from({ length: elements(input.shape) }, (_, i) => i % 7 / 3 - 1);
  const y = new Float64Array(elements(output.shape));
  executable.run({ [input.name]: x }, { [output.name]: y });
  return { y, by: executable.steps.map(({ implementation }) => implementation) };
}

onDouble(
  "the fastest way is taken, and taken again by the next process without being timed",
  ({ doubleSlowEngine, doubleFailAt, doubleCalls }) => {
    const { entries, warnings, cache } = memoryCache();
    const graph = convolution();
    const opened = () => {
      doubleFailAt(0n);
      const by = implementationOf(graph, { cache, tuning: true });
      return { by, calls: Number(doubleCalls()) };
    };
    doubleSlowEngine(44);
    const tuned = opened();
    assert.doesNotMatch(tuned.by, /engine 44/);
    const [engine] = /(?<=engine )\d+/.exec(tuned.by)!;
    doubleSlowEngine(Number(engine));
    const again = opened();
    assert.equal(again.by, tuned.by);
    assert.ok(again.calls < tuned.calls / 2, `${again.calls} calls, ${tuned.calls} with times`);
    for (const [key] of [...entries].filter(([key]) => key.includes("fastest"))) {
      entries.set(key, new TextEncoder().encode("a way that is gone"));
    }
    const third = opened();
    assert.doesNotMatch(third.by, new RegExp(`engine ${engine}:`));
    assert.match(warnings[0], /is there no more/);
  },
);

onDouble(
  "a graph that only the generic engine serves is not taken where another graph has a better one",
  () => {
    const relu = implementationOf(convolution("relu"), {});
    assert.match(relu, /^cuDNN engine 44: forward \+ add \+ relu$/);
    const elu = implementationOf(convolution("elu"), {});
    assert.match(elu, /^cuDNN engine 44: forward \+ add \+ chain$/);
  },
);

onDouble(
  "the generic engine is the last resort: taken, and named, where no other one makes a plan",
  ({ doubleEngines }) => {
    const graph = onlyEngines();
    using truth = reference.open();
    const { y: wanted } = through(truth, graph, "fp64");
    for (const precision of ["fp32", "bf16"] as const) {
      for (const options of [{}, { cache: memoryCache().cache, tuning: true }]) {
        const once = (engines: number) => {
          doubleEngines(engines);
          using backend = cudnnOnDouble(options).open();
          const { y, by } = through(backend, graph, precision);
          const most = Math.max(...y.map((value, i) => Math.abs(value - wanted[i])));
          assert.ok(most < (precision === "fp32" ? 1e-6 : 1e-2), `${precision}: off by ${most}`);
          return by;
        };
        // what was found to be fast before makes no plan any more
        for (const better of once(0)) assert.doesNotMatch(better, /engine 0:/);
        const [forward, backward] = once(3);
        assert.match(forward, /^cuDNN engine 0: forward \+ add \+ chain$/);
        assert.match(backward, /^cuDNN engine 0: backward_data \+ chain$/);
      }
    }
  },
);

onDouble(
  "ways are timed as wholes: a slow graph that does all loses to a bare one with a chain",
  ({ doubleSlowEngine }) => {
    doubleSlowEngine(0);
    const { cache } = memoryCache();
    const by = implementationOf(convolution("elu"), { cache, tuning: true });
    assert.match(by, /^cuDNN engine [1-9]\d*: forward( \+ add)? \+ chain$/);
  },
);
