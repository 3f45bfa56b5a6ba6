/**
 * One suite for every backend: each op and chains of ops, in every precision that the backend
 * offers here, against the reference backend in double precision.
 */

import assert from "node:assert/strict";
import { elements, sameShape } from "../src/base/shapes.ts";
import type { Backend, BackendFactory, Bindings, Precision } from "../src/backends/backend.ts";
import { REFERENCE } from "../src/backends/backend.ts";
import { compile } from "../src/backends/mod.ts";
import { cudnn } from "../src/backends/cudnn/mod.ts";
import { onednn } from "../src/backends/onednn/mod.ts";
import { openHandles } from "../src/backends/onednn/library/handles.ts";
import { reference } from "../src/backends/reference/mod.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import { type Graph, graphHash } from "../src/graph/graph.ts";
import type { OpName } from "../src/graph/ops/mod.ts";
import type { WeightSource } from "../src/graph/weights.ts";
import { buildModel, type BuildRequest, logitsOf } from "../src/models/mod.ts";
import { LITERAL, makePlan, type Planning } from "../src/plan/mod.ts";
import { POINTWISE } from "../src/plan/plan.ts";
import { fromBf16, tensor, toBf16 } from "../src/tensor/tensor.ts";
import { CHAINS, OP_CASES } from "./backend_cases.ts";
import { type Case, MANY_VOXELS } from "./case.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";
import { normal, randomWeights } from "./random_values.ts";
import { SINGLE_ONLY } from "./training_cases.ts";

/** Why an op is off by as much as it is. */
type Kind =
  /** Nothing is computed: exact but for the rounding of the input. */
  | "moves"
  /** One or a few operations an element. */
  | "pointwise"
  /** Sums of products, rounded in another order than the reference's. */
  | "sums"
  /** Sums of products in tiles, which take sums of inputs and of weights. */
  | "tiles"
  /** A chain: the roundings of its ops add up. */
  | "chain"
  /** A whole net, before its last sigmoid. */
  | "net";

/**
 * Relative errors ||y - r|| / ||r|| that are accepted. Single precision rounds to 6e-8 and bf16 to
 * 2e-3 (half a unit in the last of 8 bits); elements of a random tensor err independently.
 */
const TOLERANCES: Readonly<Record<Precision, Readonly<Record<Kind, number>>>> = {
  fp64: { moves: 0, pointwise: 1e-15, sums: 1e-14, tiles: 1e-14, chain: 1e-13, net: 1e-12 },
  // a load rounds the inputs once; exp and division are good to a few units in the last place; a
  // convolution in tiles rounds up to 2.8 times as much as a direct one
  fp32: { moves: 1e-7, pointwise: 5e-7, sums: 3e-6, tiles: 3e-6, chain: 1e-5, net: 2e-5 },
  // as fp32, but for sums of products: a factor loses up to 1e-3 behind its tenth bit, always
  // towards zero on the double, which adds up over the layers of a net
  tf32: { moves: 1e-7, pointwise: 5e-7, sums: 1e-3, tiles: 1e-3, chain: 2e-3, net: 5e-2 },
  // an eighth of bf16's: three bits more
  fp16: { moves: 4e-4, pointwise: 8e-4, sums: 1e-3, tiles: 1e-3, chain: 2.5e-3, net: 4e-3 },
  // inputs, weights and the result are rounded; a norm divides by a spread that was rounded too; tiles
  // of oneDNN round sums of up to eight slices and taps, whose roundings their outputs add up
  bf16: { moves: 3e-3, pointwise: 6e-3, sums: 8e-3, tiles: 1.2e-2, chain: 2e-2, net: 3e-2 },
};

const KINDS: { readonly [K in OpName]: Kind } = {
  add: "pointwise",
  batch_norm: "pointwise",
  channel_max: "moves",
  channel_mean: "sums",
  concat: "moves",
  conv: "sums",
  deconv: "sums",
  elu: "pointwise",
  global_avg_pool: "sums",
  global_max_pool: "moves",
  instance_norm: "sums",
  leaky_relu: "pointwise",
  linear: "sums",
  max_pool: "moves",
  mul: "pointwise",
  pad: "moves",
  prelu: "pointwise",
  relu: "moves",
  scale_shift: "pointwise",
  sigmoid: "pointwise",
  softmax: "pointwise",
  tile: "moves",
  affine: "pointwise",
  channel_max_backward: "moves",
  channel_slice: "moves",
  conv_backward_data: "sums",
  conv_backward_weights: "sums",
  crop: "moves",
  expand: "moves",
  leaky_relu_backward: "pointwise",
  max_pool_backward: "moves",
  normalise: "pointwise",
  normalise_backward: "sums",
  normalise_backward_scale: "sums",
  prelu_backward_data: "pointwise",
  prelu_backward_slope: "sums",
  reciprocal: "pointwise",
  softplus: "pointwise",
  sum: "sums",
  variance: "sums",
};

/** Whole nets at small unusual sizes. */
const NETS: readonly (readonly [string, BuildRequest])[] = [
  ["vnet:small", { spatial: [8, 16, 24], batch: 2 }],
  ["vnet:paper206", { spatial: [16, 32, 16] }],
  ["unet:small", { spatial: [64, 64], batch: 2 }],
];

function graphOf({ name, build }: Case): Graph {
  const builder = new GraphBuilder(name);
  return builder.build(build(builder));
}

/** Ops whose result hangs on which of several numbers is the largest. */
const PICKING: ReadonlySet<OpName> = new Set(["channel_max_backward", "max_pool_backward"]);

/** Random inputs; where rounding them could change which is the largest, they are round already. */
function inputsOf(graph: Graph): Bindings {
  const picking = graph.nodes.some(({ op }) => PICKING.has(op));
  return Object.fromEntries(graph.inputs.map((id) => {
    const { name, shape } = graph.values[id];
    const numbers = normal(shape, name);
    return [name, picking ? numbers.map((value) => fromBf16(toBf16(value))) : numbers];
  }));
}

/**
 * Runs a net; twice, as the second run meets what the first left in memory.
 *
 * @param times 1 where only the numbers count
 */
function run(
  backend: Backend,
  graph: Graph,
  precision: Precision,
  planning: Planning = backend.planning,
  times: 1 | 2 = 2,
): { output: Float64Array; implementations: string[] } {
  using executable = backend.lower(makePlan(graph, planning), randomWeights(graph), precision);
  const [port] = executable.outputs;
  const output = new Float64Array(elements(port.shape));
  const first = new Float64Array(output.length);
  executable.run(inputsOf(graph), { [port.name]: output });
  if (times === 2) {
    executable.run(inputsOf(graph), { [port.name]: first });
    assert.deepEqual(first, output, "a second run differs");
  }
  const implementations = executable.steps.map(({ op, implementation }) =>
    `${op}: ${implementation}`
  );
  return { output, implementations };
}

/** Below this many elements a norm says little. */
const FEW = 32;

function relativeError(found: Float64Array, truth: Float64Array): number {
  let [error, size] = [0, 0];
  truth.forEach((value, i) => {
    error += (found[i] - value) ** 2;
    size += value ** 2;
  });
  // a few elements may all be near 0 by cancellation: there the error is against numbers of size 1
  return Math.sqrt(error / (truth.length < FEW ? Math.max(size, truth.length) : size));
}

const TRUTHS = new Map<string, Float64Array>();

/** What the reference computes in double precision: once for each net. */
function truthOf(graph: Graph): Float64Array {
  const hash = graphHash(graph);
  let truth = TRUTHS.get(hash);
  if (!truth) {
    using backend = reference.open();
    truth = run(backend, graph, "fp64", backend.planning, 1).output;
    TRUTHS.set(hash, truth);
  }
  return truth;
}

/**
 * Asserts that a net is computed well, and by nothing slow.
 *
 * @param times 2, but for nets whose size is what they are there for
 */
function verify(
  backend: Backend,
  graph: Graph,
  precision: Precision,
  kind: Kind,
  planning?: Planning,
  times: 1 | 2 = isLarge(graph) ? 1 : 2,
): void {
  const { output, implementations } = run(backend, graph, precision, planning, times);
  // what the reference computes by itself in double precision is the truth of all others
  if (backend.name === REFERENCE && precision === "fp64" && planning === undefined) {
    TRUTHS.set(graphHash(graph), output);
  }
  const error = relativeError(output, truthOf(graph));
  const tolerance = TOLERANCES[precision][kind];
  assert.ok(error <= tolerance, `${graph.name}: relative error ${error} > ${tolerance}`);
  const slow = implementations.filter((text) => /\bref/.test(text));
  assert.deepEqual(slow, [], `${graph.name}: slow implementations`);
}

/** Whether a net has so many voxels as to show how sums are kept. */
function isLarge({ values }: Graph): boolean {
  return values.some(({ shape }) => elements(shape) >= elements(MANY_VOXELS));
}

function suiteOf(factory: BackendFactory, name: string = factory.name): void {
  const probe = factory.probe();
  if (!probe.available) {
    Deno.test({ name: `${name}: suite (skipped: ${probe.detail})`, ignore: true, fn() {} });
    return;
  }
  const precisions = withBackend(factory, (backend) => backend.precisions);
  for (const precision of precisions) {
    for (const [op, cases] of Object.entries(OP_CASES) as [OpName, readonly Case[]][]) {
      Deno.test(`${name} ${precision}: ${op}`, () => {
        withBackend(factory, (backend) => {
          if (factory === onednn && precision === "bf16" && SINGLE_ONLY.has(op)) {
            const graph = graphOf(cases[0]);
            const lowered = () => compile(backend, graph, randomWeights(graph), precision);
            return assert.throws(lowered, /gradients in fp32 only/);
          }
          // how sums are kept does not hang on the precision, and the double takes a minute for each
          const again = probe.emulated && precision !== "fp32";
          const graphs = cases.map(graphOf).filter((graph) => !again || !isLarge(graph));
          for (const graph of graphs) {
            const tiled = factory === onednn && graph.name.includes("in tiles");
            verify(backend, graph, precision, tiled ? "tiles" : KINDS[op]);
          }
        });
      });
    }
    Deno.test(`${name} ${precision}: chains, as planned and one step a node`, () => {
      withBackend(factory, (backend) => {
        // one backend plans literally by itself
        const others = [LITERAL, EVERYTHING].filter((planning) => planning !== backend.planning);
        for (const graph of CHAINS.map(graphOf)) {
          verify(backend, graph, precision, "chain");
          for (const planning of others) verify(backend, graph, precision, "chain", planning);
        }
      });
    });
    Deno.test(`${name} ${precision}: what is not finite is refused, in inputs and in weights`, () => {
      withBackend(factory, (backend) => {
        const graph = graphOf(OP_CASES.conv[0]);
        const weights = randomWeights(graph);
        using executable = compile(backend, graph, weights, precision);
        const [port] = executable.outputs;
        const output = new Float32Array(elements(port.shape)).fill(7);
        for (const value of [NaN, Infinity, -Infinity]) {
          const inputs = inputsOf(graph);
          const [[input, numbers]] = Object.entries(inputs);
          numbers[numbers.length - 1] = value;
          assert.throws(
            () => executable.run(inputs, { [port.name]: output }),
            new RegExp(`${input} holds ${value} at \\[.*not finite`),
          );
          const broken: WeightSource = (name) => {
            const { shape, data } = weights(name);
            const spoilt = Float32Array.from(data);
            spoilt[0] = value;
            return tensor("f32", shape, spoilt);
          };
          assert.throws(() => compile(backend, graph, broken, precision), /the weight .* holds/);
        }
        assert.ok(output.every((kept) => kept === 7), "something was computed nevertheless");
      });
    });
    Deno.test(`${name} ${precision}: whole nets`, () => {
      withBackend(factory, (backend) => {
        for (const [model, request] of NETS) {
          verify(backend, logitsOf(buildModel(model, request).graph), precision, "net");
        }
      });
    });
  }
}

/** Opens a backend for a while. */
function withBackend<T>(factory: BackendFactory, use: (backend: Backend) => T): T {
  using backend = factory.open();
  return use(backend);
}

/** The boldest planning: folds, fuses and overwrites whatever the passes allow. */
const EVERYTHING: Planning = { folds: true, fuses: () => true, inPlace: new Set(POINTWISE) };

suiteOf(reference);
suiteOf(onednn);
suiteOf(cudnn);
suiteOf(cudnnOnDouble(), "cudnn on the double");

Deno.test("the chains, whose numbers passes must leave unchanged, are meant to be fused", () => {
  let fused = 0;
  for (const graph of CHAINS.map(graphOf)) {
    fused += graph.nodes.length - makePlan(graph, EVERYTHING).steps.length;
  }
  assert.ok(fused > 10, `only ${fused} steps are`);
});

Deno.test({
  name: "onednn: whatever the planner fuses is done inside a primitive",
  ignore: !onednn.probe().available,
  fn() {
    const nets = NETS.map(([model, request]) => buildModel(model, request).graph);
    withBackend(onednn, (backend) => {
      let fused = 0;
      for (const graph of [...CHAINS.map(graphOf), ...nets]) {
        const plan = makePlan(graph, backend.planning);
        for (const precision of backend.precisions) {
          using executable = backend.lower(plan, randomWeights(graph), precision);
          executable.steps.forEach(({ name, implementation }, i) => {
            const { epilogue } = plan.steps[i];
            fused += epilogue.length;
            // an epilogue that would make a primitive slow is lowered to calls behind it
            const calls = implementation.split(" + ").length;
            // tiles have no axis of channels, which a prelu needs; an only channel that is added to
            // what was made of it is in the weights, but for bf16
            const [first] = epilogue;
            const { inputs: [x], output } = plan.steps[i];
            const repeated = first?.op === "add" && first.operands[0] === x &&
              !sameShape(plan.values[x].shape, plan.values[output].shape);
            const behind = precision === "bf16" && repeated ||
              implementation.startsWith("tiles") && epilogue.some(({ op }) => op === "prelu");
            assert.ok(epilogue.length === 0 || behind || calls === 1, `${name}: ${implementation}`);
          });
        }
      }
      assert.ok(fused > 100, "the nets are meant to be fused");
    });
  },
});

Deno.test({
  name: "onednn: the cases that are meant to be in tiles are",
  ignore: !onednn.probe().available,
  fn() {
    withBackend(onednn, (backend) => {
      for (const { name, build } of [...OP_CASES.conv, ...CHAINS]) {
        if (!name.includes("in tiles")) continue;
        const graph = graphOf({ name, build });
        for (const precision of backend.precisions) {
          using executable = compile(backend, graph, randomWeights(graph), precision);
          const [{ implementation }] = executable.steps;
          assert.match(implementation, /^tiles of/, `${name} in ${precision}`);
        }
      }
    });
  },
});

Deno.test({
  name: "onednn: everything opened is closed, also when lowering fails midway",
  ignore: !onednn.probe().available,
  fn() {
    const before = openHandles();
    const graph = graphOf(CHAINS[0]);
    const weights = randomWeights(graph);
    let asked = 0;
    const failing: WeightSource = (name) => {
      if (++asked > 3) throw new Error("no more weights");
      return weights(name);
    };
    withBackend(onednn, (backend) => {
      const opened = openHandles();
      assert.throws(() => compile(backend, graph, failing), /no more weights/);
      assert.equal(openHandles(), opened, "a failed lowering left handles open");
      const executable = compile(backend, graph, weights);
      assert.ok(openHandles() > opened);
      executable[Symbol.dispose]();
      assert.equal(openHandles(), opened, "an executable left handles open");
    });
    assert.equal(openHandles(), before, "the backend left handles open");
  },
});

const { path: double } = buildDouble();

Deno.test({
  name:
    "cudnn on the double: the same numbers where cuDNN has engines for single ops, and for none",
  ignore: double === null,
  fn() {
    const control = controlDouble(double!);
    try {
      for (const [mode, kernel] of [[1, /chain$/], [2, /direct_forward|thin_conv/]] as const) {
        control.symbols.doubleEngines(mode);
        withBackend(cudnnOnDouble(), (backend) => {
          // what a second run meets was seen with the engines that there are
          const once = (graph: Graph, kind: Kind) =>
            verify(backend, graph, "fp32", kind, undefined, 1);
          for (const op of WINDOWED) {
            for (const one of OP_CASES[op]) once(graphOf(one), KINDS[op]);
          }
          for (const graph of CHAINS.map(graphOf)) once(graph, "chain");
          const { implementations } = run(backend, graphOf(CHAINS[0]), "fp32");
          assert.ok(implementations.some((text) => kernel.test(text)), implementations.join());
        });
      }
    } finally {
      control.symbols.doubleEngines(0);
      control.close();
    }
  },
});

/** Ops that cuDNN may have an engine for. */
const WINDOWED = [
  "conv",
  "deconv",
  "linear",
  "max_pool",
  "conv_backward_data",
  "conv_backward_weights",
] as const satisfies readonly OpName[];
