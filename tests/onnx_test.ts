/** Exported models give in ONNX Runtime what they give here. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { BACKENDS, compile } from "../src/backends/mod.ts";
import { elements } from "../src/base/shapes.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/graph.ts";
import type { OpName } from "../src/graph/ops/mod.ts";
import { seededWeights, type WeightSource } from "../src/graph/weights.ts";
import { buildModelFor } from "../src/models/mod.ts";
import { writeOnnx } from "../src/onnx/mod.ts";
import { RULES } from "../src/onnx/rules.ts";
import { OP_CASES } from "./backend_cases.ts";
import { GOLDEN_CASES, loadCase } from "./golden_cases.ts";
import { normal, randomWeights } from "./random_values.ts";

/** What probabilities may differ by. */
const TOLERANCE = 1e-5;

/** Elements of inputs above which a case of an op tells nothing more, but takes long. */
const LARGEST = 1e5;

/** Ops of which an input is divided by, or its root taken. */
const POSITIVE: ReadonlySet<string> = new Set(["normalise", "reciprocal"]);

const venv = Deno.env.get("STACKBENCH_TEST_VENV");
const python = venv ? join(venv, "bin", "python3") : "python3";
const there = run(["-c", "import numpy, onnxruntime"]).success;
const named = (name: string) => there ? name : `${name} (skipped: python3 has no onnxruntime)`;

function run(args: readonly string[]): { readonly success: boolean; readonly error: string } {
  try {
    const { success, stderr } = new Deno.Command(python, { args: [...args] }).outputSync();
    return { success, error: new TextDecoder().decode(stderr) };
  } catch (error) {
    return { success: false, error: String(error) };
  }
}

/** A graph with its weights and inputs. */
interface Exported {
  readonly name: string;
  readonly graph: Graph;
  readonly weights: WeightSource;
  readonly inputs: readonly Float32Array[];
}

/** How far ONNX Runtime's outputs are from ours at most, relative to values above 1. */
function differences(cases: readonly Exported[]): ReadonlyMap<string, number> {
  const folder = Deno.makeTempDirSync({ prefix: "stackbench-onnx-" });
  try {
    for (const { name, graph, weights, inputs } of cases) {
      Deno.mkdirSync(join(folder, name));
      writeOnnx(join(folder, name, "model.onnx"), graph, weights);
      inputs.forEach((data, i) => {
        const input = inputs.length === 1 ? "input" : graph.values[graph.inputs[i]].name;
        const bytes = new Uint8Array(data.slice().buffer);
        Deno.writeFileSync(join(folder, name, `${input}.f32`), bytes);
      });
    }
    const { success, error } = run([join(import.meta.dirname!, "onnx_runtime.py"), folder]);
    assert.ok(success, error);
    using backend = BACKENDS.find(({ name }) => name === "reference")!.open();
    return new Map(cases.map(({ name, graph, weights, inputs }) => {
      using executable = compile(backend, graph, weights, "fp32");
      const ours = new Float32Array(elements(graph.values[graph.outputs[0]].shape));
      executable.run(
        Object.fromEntries(executable.inputs.map((input, i) => [input.name, inputs[i]])),
        { [executable.outputs[0].name]: ours },
      );
      const theirs = new Float32Array(Deno.readFileSync(join(folder, name, "y.f32")).buffer);
      assert.equal(theirs.length, ours.length);
      return [
        name,
        ours.reduce(
          (most, y, i) => Math.max(most, Math.abs(y - theirs[i]) / Math.max(1, Math.abs(y))),
          0,
        ),
      ];
    }));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function assertClose(cases: readonly Exported[]): void {
  for (const [name, difference] of differences(cases)) {
    // not a number is not close
    assert.ok(difference <= TOLERANCE, `${name}: ${difference}`);
  }
}

Deno.test({
  name: named("each model gives its probabilities in ONNX Runtime"),
  ignore: !there,
  fn() {
    assertClose(GOLDEN_CASES.map((golden) => {
      const { weights, x } = loadCase(golden);
      const { graph } = buildModelFor(golden.model, golden.input, golden.options);
      return { name: golden.case, graph, weights, inputs: [x] };
    }));
  },
});

Deno.test({
  name: named("each op that networks are made of is the same in ONNX Runtime"),
  ignore: !there,
  fn() {
    const ops = Object.keys(OP_CASES) as OpName[];
    assertClose(
      ops.filter((op) => RULES[op] !== null).flatMap((op) =>
        OP_CASES[op].flatMap(({ build }, index) => {
          const b = new GraphBuilder(op);
          const graph = b.build(build(b));
          const shapes = graph.inputs.map((id) => graph.values[id].shape);
          if (shapes.some((shape) => elements(shape) > LARGEST)) return [];
          const inputs = shapes.map((shape, input) => {
            const data = normal(shape, `${op} ${index} ${input}`);
            return POSITIVE.has(op) ? data.map((value) => Math.abs(value) + 0.1) : data;
          });
          return [{ name: `${op}-${index}`, graph, weights: randomWeights(graph), inputs }];
        })
      ),
    );
  },
});

Deno.test("what only training uses is refused by name", () => {
  const b = new GraphBuilder("training");
  const [dy, x] = [b.input("dy", [1, 2, 3, 4]), b.input("x", [1, 2, 3, 4])];
  const graph = b.build(b.apply("leaky_relu_backward", "back", [dy, x], { slope: 0.1 }));
  assert.throws(
    () => writeOnnx("unused.onnx", graph, seededWeights(graph, 1)),
    /back is leaky_relu_backward, which only training uses/,
  );
});
