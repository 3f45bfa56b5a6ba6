/**
 * Plans of small models with the real cuDNN, for GPUs that are not there: nothing is computed, but
 * the library checks every graph and finalises its plan. `benchmarks/cudnn_plans.ts` does the same
 * for all models at full size.
 */

import assert from "node:assert/strict";
import type { Cache } from "../src/backends/cudnn/cuda/cache.ts";
import { Cudnn } from "../src/backends/cudnn/graph_api/library.ts";
import { assignEngines, GPU_PROPERTIES } from "../src/backends/cudnn/deviceless.ts";
import { Engines } from "../src/backends/cudnn/graph_api/engines.ts";
import { ID, type OperationGraph } from "../src/backends/cudnn/graph_api/operation_graph.ts";
import { openResources } from "../src/backends/cudnn/cuda/resource.ts";
import { PLANNING } from "../src/backends/cudnn/planning.ts";
import { ARITHMETIC } from "../src/backends/cudnn/precisions.ts";
import type { Precision } from "../src/backends/backend.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/graph.ts";
import { trainingStep } from "../src/graph/training.ts";
import { buildModel } from "../src/models/mod.ts";
import { makePlan } from "../src/plan/mod.ts";
import { searchLibrary } from "../src/platform/libraries.ts";
import { buildNoGpuDriver } from "./double.ts";

const { found, problem } = searchLibrary("cudnn");

function verify(graph: Graph, capability: Capability, precision: Precision): void {
  const before = openResources();
  {
    using cudnn = new Cudnn(found!.path);
    using engines = new Engines(cudnn, { properties: GPU_PROPERTIES[capability] });
    const assignments = assignEngines(engines, makePlan(graph, PLANNING), ARITHMETIC[precision]!);
    assert.ok(assignments.length > 10, "the model is meant to have convolutions");
    const unready = assignments.filter(({ by, op }) => by !== "ready engine" && op !== "max_pool");
    assert.deepEqual(unready, []);
    assert.deepEqual(assignments.filter(({ wasted }) => wasted), []);
    const fused = assignments.filter(({ graph }) => /\+ (relu|elu|sigmoid)$/.test(graph));
    assert.ok(assignments.some(({ graph }) => graph.includes("+ add")), "biases are added inside");
    if (/^unet/.test(graph.name)) assert.ok(fused.length > 0, "activations ride inside");
  }
  assert.equal(openResources(), before, "descriptors were left open");
}

const small = (name: string, spatial: readonly number[]) => buildModel(name, { spatial }).graph;

/** Nets, and what is done with them. */
const CASES: readonly (readonly [string, () => Graph, "forward" | "training"])[] = [
  ["vnet:small", () => small("vnet:small", [16, 32, 32]), "forward"],
  ["unet:small", () => small("unet:small", [64, 64]), "forward"],
  [
    "a training step of vnet:small",
    () => trainingStep(small("vnet:small", [16, 32, 32]), { loss: "dice", momentum: 0.9 }),
    "training",
  ],
  [
    "a training step of unet:small",
    () => trainingStep(small("unet:small", [64, 64]), { loss: "dice", momentum: 0.9 }),
    "training",
  ],
];

type Capability = keyof typeof GPU_PROPERTIES;

const CAPABILITIES = Object.keys(GPU_PROPERTIES) as Capability[];

/**
 * What each GPU is asked for; not for tf32, which a process has on all GPUs or on none, as the first
 * that it asks for has: the sweep takes a process for each.
 */
const ASKED: Readonly<
  Record<Capability, Readonly<Record<"forward" | "training", readonly Precision[]>>>
> = {
  sm_75: { forward: ["fp32", "fp16"], training: ["fp32"] },
  sm_80: { forward: ["fp32", "fp16", "bf16"], training: ["fp32", "bf16"] },
  sm_90: { forward: ["fp32", "fp16", "bf16"], training: ["fp32", "bf16"] },
};

for (const [name, build, pass] of CASES) {
  for (const capability of CAPABILITIES) {
    for (const precision of ASKED[capability][pass]) {
      Deno.test({
        name: `cuDNN has an engine ready for every convolution of ${name} in ${precision} on ` +
          `${capability}${found ? "" : ` (skipped: ${problem})`}`,
        ignore: !found,
        fn: () => verify(build(), capability, precision),
      });
    }
  }
}

/** Engines that are compiled need a driver to load, be it that of a machine without a GPU. */
const driver = searchLibrary("cuda").found ?? buildNoGpuDriver();
const lacking = found ? driver.path === null ? driver.problem : undefined : problem;

for (const capability of CAPABILITIES) {
  Deno.test({
    name: `cuDNN compiles an engine for max pooling on ${capability}` +
      (lacking === undefined ? "" : ` (skipped: ${lacking})`),
    ignore: lacking !== undefined,
    fn() {
      const loaded = Deno.dlopen(driver.path!, {});
      try {
        using cudnn = new Cudnn(found!.path);
        const b = new GraphBuilder("pooling");
        const window = { kernel: [2, 2], stride: [2, 2], padBefore: [0, 0], padAfter: [0, 0] };
        const graph = b.build(b.apply("max_pool", "y", [b.input("x", [1, 32, 64, 64])], window));
        const plan = makePlan(graph, PLANNING);
        using engines = new Engines(cudnn, { properties: GPU_PROPERTIES[capability] });
        for (const precision of ASKED[capability].forward) {
          const [pool] = assignEngines(engines, plan, ARITHMETIC[precision]!);
          assert.equal(pool.by, "compiled engine", precision);
        }
      } finally {
        loaded.close();
      }
    },
  });
}

Deno.test({
  name:
    "a plan that was compiled is read from the cache by the next process, and a foreign one is not" +
    (lacking === undefined ? "" : ` (skipped: ${lacking})`),
  ignore: lacking !== undefined,
  fn() {
    const loaded = Deno.dlopen(driver.path!, {});
    try {
      using cudnn = new Cudnn(found!.path);
      const entries = new Map<string, Uint8Array<ArrayBuffer>>();
      const discarded: string[] = [];
      const cache: Cache = {
        get: (key) => entries.get(key) ?? null,
        set: (key, bytes) => void entries.set(key, bytes.slice()),
        discard: (key, why) => void discarded.push(`${key}: ${why}`),
      };
      const window = { kernel: [2, 2], stride: [2, 2], padBefore: [0, 0], padAfter: [0, 0] };
      const spec: OperationGraph = {
        tensors: [
          { id: ID.x, dims: [1, 32, 64, 64], type: "f32" },
          { id: ID.y, dims: [1, 32, 32, 32], type: "f32" },
        ],
        operations: [{ kind: "max_pool", window, x: ID.x, y: ID.y }],
        tensorCores: false,
      };
      const find = (device: string) => {
        using engines = new Engines(cudnn, { properties: GPU_PROPERTIES.sm_80 }, { cache, device });
        const { name, workspace } = engines.compiled(spec, "pooling")!;
        return { name, workspace };
      };
      const made = find("A100");
      assert.equal(entries.size, 1);
      // were it compiled again, it would be kept again
      const [key] = entries.keys();
      const entry = entries.get(key)!;
      assert.deepEqual(find("A100"), made);
      assert.equal(entries.get(key), entry);
      find("another GPU");
      assert.equal(entries.size, 2);
      assert.deepEqual(discarded, []);

      entries.set(key, new TextEncoder().encode("an engine\n{}"));
      assert.deepEqual(find("A100"), made);
      assert.match(discarded.join(), /cuDNN does not take it/);
    } finally {
      loaded.close();
    }
  },
});
