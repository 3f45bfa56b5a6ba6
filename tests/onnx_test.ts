/** Exported models give in ONNX Runtime what they give here. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { BACKENDS, compile } from "../src/backends/mod.ts";
import { elements } from "../src/base/shapes.ts";
import type { Graph } from "../src/graph/graph.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import { seededWeights, type WeightSource } from "../src/graph/weights.ts";
import { buildModelFor } from "../src/models/mod.ts";
import { writeOnnx } from "../src/onnx/mod.ts";
import { GOLDEN_CASES, loadCase } from "./golden_cases.ts";

/** What probabilities may differ by. */
const TOLERANCE = 1e-5;

const FOLDER = Deno.makeTempDirSync({ prefix: "stackbench-onnx-" });
globalThis.addEventListener("unload", () => Deno.removeSync(FOLDER, { recursive: true }));

const venv = Deno.env.get("STACKBENCH_TEST_VENV");
const python = venv ? join(venv, "bin", "python3") : "python3";
const there = run(["-c", "import numpy, onnxruntime"]).success;

function run(args: readonly string[]): { readonly success: boolean; readonly error: string } {
  try {
    const { success, stderr } = new Deno.Command(python, { args: [...args] }).outputSync();
    return { success, error: new TextDecoder().decode(stderr) };
  } catch (error) {
    return { success: false, error: String(error) };
  }
}

/** A graph with its weights and an input. */
interface Case {
  readonly name: string;
  readonly graph: Graph;
  readonly weights: WeightSource;
  readonly x: Float32Array;
}

/** The largest difference between ONNX Runtime's outputs and ours. */
function differences(cases: readonly Case[]): ReadonlyMap<string, number> {
  for (const { name, graph, weights, x } of cases) {
    const folder = join(FOLDER, name);
    Deno.mkdirSync(folder, { recursive: true });
    writeOnnx(join(folder, "model.onnx"), graph, weights);
    Deno.writeFileSync(
      join(folder, "x.f32"),
      new Uint8Array(x.buffer as ArrayBuffer, x.byteOffset, x.byteLength),
    );
  }
  const { success, error } = run([join(import.meta.dirname!, "onnx_runtime.py"), FOLDER]);
  assert.ok(success, error);
  using backend = BACKENDS.find(({ name }) => name === "reference")!.open();
  return new Map(cases.map(({ name, graph, weights, x }) => {
    using executable = compile(backend, graph, weights, "fp32");
    const y = new Float32Array(elements(graph.values[graph.outputs[0]].shape));
    executable.run({ [executable.inputs[0].name]: x }, { [executable.outputs[0].name]: y });
    const theirs = new Float32Array(Deno.readFileSync(join(FOLDER, name, "y.f32")).buffer);
    assert.equal(theirs.length, y.length);
    Deno.removeSync(join(FOLDER, name), { recursive: true });
    return [name, y.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0)];
  }));
}

Deno.test({
  name: there
    ? "each model gives its probabilities in ONNX Runtime"
    : "each model gives its probabilities in ONNX Runtime (skipped: python3 has no onnxruntime)",
  ignore: !there,
  fn() {
    const cases = GOLDEN_CASES.map((golden) => {
      const { weights, x } = loadCase(golden);
      const { graph } = buildModelFor(golden.model, golden.input, golden.options);
      return { name: golden.case, graph, weights, x };
    });
    const found = differences(cases);
    assert.equal(found.size, GOLDEN_CASES.length);
    for (const [name, difference] of found) {
      assert.ok(difference <= TOLERANCE, `${name}: ${difference}`);
    }
  },
});
