/**
 * Convolutions by our own kernels on the double, against the reference in double precision: those of
 * few channels, with tensor cores and without, and those of many as products. Sizes that leave tiles
 * unfilled, every cut, what is fused to them, and two tensors that are read as one.
 */

import assert from "node:assert/strict";
import type { Backend, Bindings, Precision } from "../src/backends/backend.ts";
import { compile } from "../src/backends/mod.ts";
import { reference } from "../src/backends/reference/mod.ts";
import { random } from "../src/base/random.ts";
import { elements, formatShape, type Shape } from "../src/base/shapes.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import type { Graph, ValueId } from "../src/graph/graph.ts";
import { seededWeights } from "../src/graph/weights.ts";
import { uniformWindow } from "../src/graph/windowed.ts";
import { window } from "./case.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();

/** What follows a convolution `c` of an input `x`. */
type Following = (b: GraphBuilder, c: ValueId, x: ValueId) => ValueId;

const nothing: Following = (_, c) => c;

/** Shape of the input, channels of the result, and the window. */
const SIZES: readonly (readonly [Shape, number, ReturnType<typeof window>])[] = [
  [[1, 1, 3, 9, 37], 4, uniformWindow(3, 5, 1, 2)],
  [[2, 4, 2, 17, 33], 4, uniformWindow(3, 3, 1, 1)],
  [[1, 8, 2, 33, 34], 8, uniformWindow(3, 5, 1, 2)],
  [[1, 16, 1, 18, 31], 16, uniformWindow(3, 3, 1, 1)],
  [[1, 32, 1, 10, 34], 32, uniformWindow(3, 3, 1, 1)],
  [[1, 8, 3, 11, 20], 24, window([1, 5, 4], [1, 1, 1], [0, 2, 1], [0, 2, 2])],
  [[1, 12, 2, 8, 5], 24, uniformWindow(3, 3, 1, 1)],
  [[1, 6, 2, 9, 34], 32, uniformWindow(3, 3, 1, 1)],
  [[1, 32, 1, 7, 9], 2, uniformWindow(3, 3, 1, 1)],
  [[3, 2, 18, 39], 1, uniformWindow(2, 7, 1, 3)],
  [[2, 16, 19, 66], 8, uniformWindow(2, 3, 1, 1)],
  [[1, 3, 11, 40], 20, window([3, 5], [1, 1], [0, 2], [2, 1])],
  [[1, 4, 4, 5, 6], 3, window([2, 1, 2], [1, 1, 1], [0, 0, 0], [0, 0, 0])],
];

/** The same for products of matrices, in strict fp32: both sides of blocks. */
const PRODUCTS: typeof SIZES = [
  [[1, 36, 9, 7], 40, uniformWindow(2, 1, 1, 0)],
  [[1, 36, 12, 13], 140, uniformWindow(2, 1, 1, 0)],
  [[1, 132, 11, 12], 36, uniformWindow(2, 1, 1, 0)],
  [[2, 64, 9, 11], 72, window([3, 3], [2, 2], [1, 0], [1, 2])],
  [[1, 40, 3, 4, 5], 36, window([3, 2, 3], [1, 1, 1], [1, 0, 2], [1, 1, 0])],
];

/** Shape of the first of two inputs, channels of the second and of the result, and the window. */
const JOINED: readonly (readonly [Shape, number, number, ReturnType<typeof window>])[] = [
  [[1, 4, 3, 9, 35], 4, 8, uniformWindow(3, 5, 1, 2)],
  [[2, 1, 18, 39], 1, 1, uniformWindow(2, 7, 1, 3)],
  [[1, 3, 2, 9, 34], 5, 4, uniformWindow(3, 3, 1, 1)],
  [[2, 7, 11, 37], 1, 8, window([3, 5], [1, 1], [0, 2], [2, 1])],
  [[1, 10, 2, 7, 33], 6, 16, uniformWindow(3, 3, 1, 1)],
  [[1, 8, 1, 10, 34], 24, 32, uniformWindow(3, 3, 1, 1)],
];

/** The same for products of matrices, in strict fp32. */
const JOINED_PRODUCTS: typeof JOINED = [
  [[2, 36, 9, 7], 4, 40, uniformWindow(2, 3, 1, 1)],
  [[1, 12, 9, 11], 52, 72, window([3, 3], [2, 2], [1, 0], [1, 2])],
];

const FOLLOWING: Readonly<Record<string, Following>> = {
  "slopes a channel": (b, c) => b.preluChannel("p", c),
  "slopes an element": (b, c) => b.preluElement("p", c),
  "sum with the input, slopes an element": (b, c, x) =>
    b.preluElement("p", b.apply("add", "a", [c, x], {})),
  "norm, rectifier": (b, c) => b.apply("relu", "r", [b.batchNorm("n", c, 1e-3)], {}),
  "exponential unit, product with a number a voxel": (b, c) => {
    const [n, , ...spatial] = b.shape(c);
    const e = b.apply("elu", "e", [c], {});
    return b.apply("mul", "m", [e, b.input("z", [n, 1, ...spatial])], {});
  },
};

/** Relative errors that are accepted: those of the backend suite, for sums and for chains. */
const TOLERANCES: Readonly<Partial<Record<Precision, number>>> = {
  fp32: 3e-6,
  tf32: 3e-6,
  fp16: 2e-3,
  bf16: 1e-2,
};

function graphOf(
  shape: Shape,
  channels: number,
  win: ReturnType<typeof window>,
  following: Following,
  bias = true,
): Graph {
  const b = new GraphBuilder(`${formatShape(shape)} to ${channels}`);
  const x = b.input("x", shape);
  return b.build(following(b, b.conv("c", x, { channels, bias, ...win }), x));
}

/** A convolution of two inputs beside each other; the sum with both, where that fits, and slopes. */
function joinedGraph([shape, second, channels, win]: typeof JOINED[number]): Graph {
  const [n, first, ...spatial] = shape;
  const b = new GraphBuilder(`${formatShape(shape)} beside ${second} to ${channels}`);
  const other = b.input("z", [n, second, ...spatial]);
  const whole = b.apply("concat", "j", [b.input("x", shape), other], {});
  const c = b.conv("c", whole, { channels, ...win });
  const fits = channels === first + second &&
    formatShape(b.shape(c)) === formatShape(b.shape(whole));
  return b.build(b.preluElement("p", fits ? b.apply("add", "a", [c, whole], {}) : c));
}

function run(backend: Backend, graph: Graph, precision: Precision) {
  using executable = compile(backend, graph, seededWeights(graph, 3), precision);
  const inputs: Bindings = Object.fromEntries(executable.inputs.map(({ name, shape }) => {
    const stream = random(5, name);
    return [name, Float32Array.from({ length: elements(shape) }, () => stream.normal())];
  }));
  const [port] = executable.outputs;
  const output = new Float64Array(elements(port.shape));
  executable.run(inputs, { [port.name]: output });
  return { output, by: executable.steps.map(({ implementation }) => implementation) };
}

/** Which kernel takes a convolution: tensor cores want whole blocks of channels, of halves. */
function kernelFor({ values, nodes }: Graph, precision: Precision, capability: number): string {
  const { inputs, output } = nodes.find(({ op }) => op === "conv")!;
  const [C, K] = [values[inputs[0]].shape[1], values[output].shape[1]];
  if (Math.max(C, K) > 32) return "product_convolution";
  const whole = [8, 16, 32].includes(C) && K % 8 === 0;
  const tensor = precision !== "fp32" && capability >= 80 && whole;
  return tensor ? "tensor_convolution" : "thin_convolution";
}

function verify(graph: Graph, precision: Precision, capability = 90): void {
  using truth = reference.open();
  using backend = cudnnOnDouble().open();
  const wanted = run(truth, graph, "fp64").output;
  const { output, by } = run(backend, graph, precision);
  const kernel = kernelFor(graph, precision, capability);
  assert.deepEqual(by, [kernel], `${graph.name}, ${precision}`);
  assertClose(output, wanted, precision, graph.name);
}

function assertClose(
  output: Float64Array,
  wanted: Float64Array,
  precision: Precision,
  name: string,
): void {
  let [error, size] = [0, 0];
  wanted.forEach((value, i) => {
    error += (output[i] - value) ** 2;
    size += value ** 2;
  });
  const off = Math.sqrt(error / size);
  assert.ok(off <= TOLERANCES[precision]!, `${name}, ${precision}: off by ${off}`);
}

type Controls = ReturnType<typeof controlDouble>["symbols"];

/** A test on the double, while no engine of cuDNN is there. */
function alone(name: string, fn: (control: Controls) => void): void {
  Deno.test({
    name: `own convolutions: ${name}${path === null ? ` (skipped: ${problem})` : ""}`,
    ignore: path === null,
    fn() {
      using cleanup = new DisposableStack();
      const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
      cleanup.defer(() => {
        control.symbols.doubleEngines(0);
        control.symbols.doubleCapability(90);
      });
      control.symbols.doubleEngines(2);
      fn(control.symbols);
      assert.equal(control.symbols.doubleAlive(), 0n);
    },
  });
}

for (const [shape, channels, win] of SIZES) {
  alone(`${formatShape(shape)} to ${channels} in every precision`, (control) => {
    const graph = graphOf(shape, channels, win, nothing);
    for (const precision of ["fp32", "fp16", "bf16"] as const) verify(graph, precision);
    verify(graphOf(shape, channels, win, nothing, false), "fp32");
    // Turing has no products of this size
    control.doubleCapability(75);
    verify(graph, "fp16", 75);
  });
}

for (const [shape, channels, win] of PRODUCTS) {
  alone(`${formatShape(shape)} to ${channels} as a product`, () => {
    verify(graphOf(shape, channels, win, nothing), "fp32");
    verify(graphOf(shape, channels, win, FOLLOWING["norm, rectifier"], false), "fp32");
  });
}

for (const [name, following] of Object.entries(FOLLOWING)) {
  alone(`${name} in the same pass`, () => {
    for (const precision of ["fp32", "bf16"] as const) {
      verify(graphOf([2, 8, 3, 9, 35], 8, uniformWindow(3, 3, 1, 1), following), precision);
    }
    verify(graphOf([1, 36, 7, 9], 36, uniformWindow(2, 3, 1, 1), following), "fp32");
  });
}

for (const sizes of JOINED) {
  const graph = joinedGraph(sizes);
  alone(`${graph.name}, read in place in every precision`, (control) => {
    for (const precision of ["fp32", "fp16", "bf16"] as const) verify(graph, precision);
    control.doubleCapability(75);
    verify(graph, "fp16", 75);
  });
}

for (const sizes of JOINED_PRODUCTS) {
  const graph = joinedGraph(sizes);
  alone(`${graph.name}, read in place as a product`, () => verify(graph, "fp32"));
}

alone(
  "two tensors become one for engines of cuDNN, and where none of ours takes them",
  (control) => {
    using truth = reference.open();
    const few = joinedGraph([[1, 4, 3, 9, 35], 4, 8, uniformWindow(3, 3, 1, 1)]);
    const strided = joinedGraph([[1, 3, 9, 11], 6, 9, window([3, 3], [2, 2], [1, 1], [1, 1])]);
    for (const [graph, engines] of [[few, 0], [strided, 0], [strided, 2]] as const) {
      control.doubleEngines(engines);
      for (const precision of ["fp32", "bf16"] as const) {
        using backend = cudnnOnDouble().open();
        const { output, by } = run(backend, graph, precision);
        assert.match(by.join("; "), /^copy_channels \+ copy_channels \+ [^;]+$/);
        assertClose(output, run(truth, graph, "fp64").output, precision, graph.name);
      }
    }
  },
);
