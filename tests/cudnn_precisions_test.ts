/**
 * The precisions of the cuDNN backend, on the double: where it has them, what rounds and what does
 * not.
 */

import assert from "node:assert/strict";
import { MissingError } from "../src/base/errors.ts";
import { elements, type Shape } from "../src/base/shapes.ts";
import type { Backend, Precision } from "../src/backends/backend.ts";
import { compile } from "../src/backends/mod.ts";
import { rounded } from "../src/backends/cudnn/kernels/rounding.ts";
import { DATA_TYPE } from "../src/backends/cudnn/graph_api/constants.ts";
import { PLANNING } from "../src/backends/cudnn/planning.ts";
import { elementTypes } from "../src/backends/cudnn/kernels/element_types.ts";
import { onednn } from "../src/backends/onednn/mod.ts";
import { reference } from "../src/backends/reference/mod.ts";
import { gradientName } from "../src/graph/autodiff.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/graph.ts";
import { trainingStep } from "../src/graph/training.ts";
import { seededWeights } from "../src/graph/weights.ts";
import { buildModel } from "../src/models/mod.ts";
import { makePlan } from "../src/plan/mod.ts";
import { fromBf16 } from "../src/tensor/tensor.ts";
import { window } from "./case.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();

type Controls = ReturnType<typeof controlDouble>["symbols"];

/** A test on the double, whose controls are put back behind it. */
function onDouble(name: string, fn: (control: Controls) => void): void {
  Deno.test({
    name: `cudnn on the double: ${name}${path === null ? ` (skipped: ${problem})` : ""}`,
    ignore: path === null,
    fn() {
      const library = controlDouble(path!);
      try {
        fn(library.symbols);
      } finally {
        library.symbols.doubleCapability(90);
        library.symbols.doubleCudnnVersion(92400);
        library.symbols.doubleMiscomputes(-1);
        library.close();
      }
    },
  });
}

/** A net of one op that changes nothing. */
function identity(shape: Shape): Graph {
  const b = new GraphBuilder("identity");
  return b.build(b.apply("affine", "y", [b.input("x", shape)], { scale: 1, shift: 0 }));
}

function convolution(): Graph {
  const b = new GraphBuilder("convolution");
  const same = window([3, 3], [1, 1], [1, 1], [1, 1]);
  return b.build(b.conv("y", b.input("x", [1, 8, 6, 6]), { channels: 8, ...same }));
}

/**
 * Every finite number that 16 bits stand for, what lies halfway to the next, and the neighbours of
 * that; inputs that are not finite are refused.
 */
function numbersAround(numberOf: (bits: number) => number): Float32Array<ArrayBuffer> {
  const all = Float32Array.from({ length: 1 << 16 }, (_, bits) => numberOf(bits));
  const halfway = all.map((value, bits) => (value + all[(bits + 1) % all.length]) / 2);
  const neighbours = [-1, 1].map((step) => {
    const words = new Uint32Array(halfway.slice().buffer).map((word) => word + step);
    return new Float32Array(words.buffer);
  });
  const numbers = [all, halfway, ...neighbours].flatMap((some) => [...some]);
  return Float32Array.from(numbers.filter(Number.isFinite));
}

const halfOf = (bits: number) => new Float16Array(Uint16Array.of(bits).buffer)[0];

/** What a half is read as, by a definition that is not the kernels'. */
const HALVES = [
  ["fp16", halfOf, Math.f16round],
  ["bf16", fromBf16, (value: number) => fromBf16(rounded(Float32Array.of(value), "bf16")[0])],
] as const;

for (const [precision, numberOf, wantedOf] of HALVES) {
  onDouble(`kernels read and round every ${precision} as it should be`, () => {
    const given = numbersAround(numberOf);
    using backend = cudnnOnDouble().open();
    const graph = identity([1, 1, 1, given.length]);
    using executable = compile(backend, graph, seededWeights(graph, 1), precision);
    const found = new Float32Array(given.length);
    executable.run({ x: given }, { y: found });
    const wrong = [...given].flatMap((value, i) =>
      found[i] === Math.fround(wantedOf(value)) ? [] : [`${value}: ${found[i]}`]
    );
    assert.deepEqual(wrong, []);
  });
}

Deno.test("weights are rounded to halves, ties to even", () => {
  const given = Float64Array.of(1, -2, 1 + 2 ** -9, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 65520, 2 ** -25);
  const bf16 = [0x3f80, 0xc000, 0x3f80, 0x3f80, 0x3f82, 0x4780, 0x3300];
  const f16 = [0x3c00, 0xc000, 0x3c02, 0x3c04, 0x3c0c, 0x7c00, 0x0000];
  assert.deepEqual([...rounded(given, "bf16")], bf16);
  assert.deepEqual([...rounded(given, "f16")], f16);
});

/** What an engine that was chosen is called. */
function engineOf(backend: Backend, precision: Precision): string {
  const graph = convolution();
  using executable = compile(backend, graph, seededWeights(graph, 1), precision);
  return executable.steps[0].implementation;
}

onDouble("strict fp32 takes no tensor cores, the others do", () => {
  using backend = cudnnOnDouble().open();
  assert.deepEqual(backend.precisions, ["fp32", "tf32", "fp16", "bf16"]);
  const engines = backend.precisions.map((precision) => engineOf(backend, precision));
  const [exact, single, half] = [44, 51, 10].map((engine) =>
    `cuDNN engine ${engine}: forward + add`
  );
  assert.deepEqual(engines, [exact, single, half, half]);
});

function refuses(backend: Backend, precision: Precision, message: RegExp, advice: RegExp): void {
  assert.throws(() => engineOf(backend, precision), (error: MissingError) => {
    assert.ok(error instanceof MissingError);
    assert.match(error.message, message);
    assert.match(error.advice ?? "", advice);
    return true;
  });
}

onDouble("a GPU before Ampere has neither tf32 nor bf16, and the error advises fp16", (control) => {
  control.doubleCapability(75);
  using backend = cudnnOnDouble().open();
  assert.deepEqual(backend.precisions, ["fp32", "fp16"]);
  for (const precision of ["tf32", "bf16"] as const) {
    refuses(backend, precision, /capability 7\.5.*begins with 8\.0; fp16/, /one of fp32, fp16,/);
  }
  refuses(backend, "fp64", /does not compute in fp64/, /one of fp32, fp16,/);
});

onDouble("a precision in which convolutions come out wrong is refused", (control) => {
  for (const [precision, type] of [["tf32", "f32"], ["fp16", "f16"], ["bf16", "bf16"]] as const) {
    control.doubleMiscomputes(DATA_TYPE[type]);
    using backend = cudnnOnDouble().open();
    assert.ok(backend.precisions.length === 3 && !backend.precisions.includes(precision));
    refuses(backend, precision, /cuDNN 9\.24\.0 computes convolutions in it wrongly/, /fp32/);
  }
});

onDouble("tf32 in 3-D is refused where cuDNN is known to get it wrong", (control) => {
  const { graph: solid } = buildModel("vnet:small", { spatial: [8, 16, 16] });
  const lower = (version: number) => {
    control.doubleCudnnVersion(version);
    using backend = cudnnOnDouble().open();
    assert.match(engineOf(backend, "tf32"), /engine 51/, "it has tf32 in 2-D");
    compile(backend, solid, seededWeights(solid, 1), "tf32")[Symbol.dispose]();
  };
  const refusal = /cuDNN 9\.10\.2 computes 3-D convolutions in it wrongly; 9\.16/;
  assert.throws(() => lower(91002), refusal);
  assert.throws(() => lower(91500), MissingError);
  lower(91600);
});

Deno.test("other backends refuse what they do not have, and name what they do", () => {
  using backend = reference.open();
  for (const precision of ["tf32", "fp16", "bf16"] as const) {
    refuses(backend, precision, new RegExp(`in ${precision}`), /one of fp64, fp32/);
  }
});

Deno.test({
  name: "oneDNN refuses what it does not have, and names what it does",
  ignore: !onednn.probe().available,
  fn() {
    using backend = onednn.open();
    for (const precision of ["tf32", "fp16"] as const) {
      refuses(backend, precision, new RegExp(`in ${precision}`), /one of fp32/);
    }
  },
});

Deno.test("losses and statistics stay in single precision among halves, gradients do not", () => {
  const { graph } = buildModel("vnet:small", { spatial: [8, 16, 16], options: { bn: "True" } });
  const plan = makePlan(trainingStep(graph, { loss: "dice", momentum: 0.9 }), PLANNING);
  const types = elementTypes(plan, "bf16");
  const typeOf = (name: string) => types[plan.values.findIndex((value) => value.name === name)];
  const outputs = plan.outputs.map((id) => plan.values[id].name);
  const statistics = outputs.filter((name) => name.endsWith(".next"));
  assert.ok(statistics.length > 0, "batch norms are meant to keep statistics");
  for (const name of [outputs[0], ...statistics]) assert.equal(typeOf(name), "f32", name);
  const weights = graph.parameters.map(({ value }) => graph.values[value])
    .filter(({ shape }) => shape.length === 5).map(({ name }) => gradientName(name));
  for (const name of weights) assert.equal(typeOf(name), "bf16", name);
  const maps = plan.values.filter(({ shape, from }) =>
    from !== "parameter" && elements(shape.slice(2)) > 1 && shape.length === 5
  );
  for (const { name } of maps) assert.equal(typeOf(name), "bf16", name);
});

onDouble("a training step in bf16 takes about half of the memory, and gives the loss", () => {
  const { graph: model } = buildModel("vnet:small", { spatial: [8, 16, 16] });
  const graph = trainingStep(model, { loss: "dice", momentum: 0.9 });
  using backend = cudnnOnDouble().open();
  const [exact, half] = (["fp32", "bf16"] as const).map((precision) => {
    using executable = compile(backend, graph, seededWeights(graph, 1), precision);
    const inputs = Object.fromEntries(executable.inputs.map(({ name, shape }) => [
      name,
      Float32Array.from({ length: elements(shape) }, (_, i) => (i * 7 % 11) / 10 > 0.6 ? 1 : 0),
    ]));
    const outputs = Object.fromEntries(
      executable.outputs.map(({ name, shape }) => [name, new Float32Array(elements(shape))]),
    );
    executable.run(inputs, outputs);
    return { loss: outputs[executable.outputs[0].name][0], arena: executable.memory.arena };
  });
  assert.ok(half.arena < 0.6 * exact.arena, `${half.arena} of ${exact.arena} bytes`);
  assert.notEqual(half.loss, exact.loss);
  assert.ok(Math.abs(half.loss - exact.loss) < 0.01 * exact.loss, `${half.loss}, ${exact.loss}`);
});
