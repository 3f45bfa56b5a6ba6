import assert from "node:assert/strict";
import { InputError } from "../base/errors.ts";
import { writeSafetensors } from "../tensor/safetensors.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { GraphBuilder } from "./builder.ts";
import { graphHash, printGraph, trainableParameters } from "./graph.ts";
import { loadWeights, namedWeights, seededWeights, weightsHash } from "./weights.ts";
import { uniformWindow } from "./windowed.ts";

function small(kernel = 3) {
  const b = new GraphBuilder("tiny");
  const x = b.input("x", [1, 2, 5, 6]);
  const layer = { ...uniformWindow(2, kernel, 1, kernel >> 1), channels: 4 };
  const h = b.batchNorm("bn", b.conv("conv", x, layer), 1e-3);
  return b.build(b.preluChannel("act", h));
}

Deno.test("a graph prints, hashes stably and counts its parameters", () => {
  const graph = small();
  assert.equal(
    printGraph(graph),
    `graph tiny (x: 1x2x5x6)
  conv: 1x4x5x6 = conv(x, conv.weight, conv.bias) kernel=3x3 stride=1x1 padBefore=1x1 padAfter=1x1 groups=1
  bn: 1x4x5x6 = batch_norm(conv, bn.weight, bn.bias, bn.running_mean, bn.running_var) epsilon=0.001
  act: 1x4x5x6 = prelu(bn, act.alpha)
  -> act
`,
  );
  assert.equal(graphHash(graph), graphHash(small()));
  assert.notEqual(graphHash(graph), graphHash(small(1)));
  assert.equal(trainableParameters(graph), 4 * 2 * 9 + 4 + 4 + 4 + 4);
});

Deno.test("seeded weights depend on the seed and the name, not on the order of asking", () => {
  const graph = small();
  const [a, b] = [seededWeights(graph, 1), seededWeights(graph, 1)];
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  const forwards = names.map((name) => a(name).data);
  const backwards = names.toReversed().map((name) => b(name).data).toReversed();
  assert.deepEqual(forwards, backwards);
  assert.equal(weightsHash(graph, a), weightsHash(graph, b));
  assert.notEqual(weightsHash(graph, a), weightsHash(graph, seededWeights(graph, 2)));
});

Deno.test("weights that do not fit are an error that names each tensor", () => {
  const graph = small();
  const source = seededWeights(graph, 1);
  const all = new Map(
    graph.parameters.map(({ value }) => graph.values[value].name).map((n) => [n, source(n)]),
  );
  const counter = tensor("i32", [], new Int32Array(1));
  const withCounter = new Map([...all, ["bn.num_batches_tracked", counter] as const]);
  assert.equal(namedWeights(graph, withCounter)("conv.bias"), all.get("conv.bias"));
  const path = Deno.makeTempFileSync({ suffix: ".safetensors" });
  writeSafetensors(path, withCounter);
  assert.equal(weightsHash(graph, loadWeights(graph, path).source), weightsHash(graph, source));

  const wrong = new Map([...all, ["conv2.bias", counter] as const]);
  wrong.delete("bn.running_var");
  wrong.set("conv.bias", tensor("f32", [5]));
  const refusal = (error: unknown) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /missing bn\.running_var \(4\)/);
    assert.match(error.message, /conv\.bias must be 4, not 5/);
    assert.match(error.message, /extra conv2\.bias/);
    return true;
  };
  assert.throws(() => namedWeights(graph, wrong), refusal);
  writeSafetensors(path, wrong);
  assert.throws(() => loadWeights(graph, path), refusal);
  Deno.removeSync(path);
});

Deno.test("weights that cannot be right are refused by tensor and place, whatever their type", () => {
  const graph = small();
  const source = seededWeights(graph, 1);
  const names = graph.parameters.map(({ value }) => graph.values[value].name);
  const path = Deno.makeTempFileSync({ suffix: ".safetensors" });
  const hash = (changes: Record<string, Tensor>, stripPrefix?: string, before = "") => {
    const all = names.map((name) => [before + name, changes[name] ?? source(name)] as const);
    writeSafetensors(path, new Map(all));
    const { source: loaded, notes } = loadWeights(graph, path, { stripPrefix });
    return { hash: weightsHash(graph, loaded), notes };
  };
  const bias = (...values: number[]) => ({
    "conv.bias": tensor("f32", [4], Float32Array.from(values)),
  });
  assert.throws(() => hash(bias(1, 2, NaN, 4)), /conv\.bias holds NaN at \[2\]/);
  assert.throws(() => hash(bias(1, -Infinity, 3, 4)), /conv\.bias holds -Infinity at \[1\]/);
  assert.throws(() => hash(bias(0, 1e-40, 0, 0)), /nothing but numbers below/);
  assert.throws(() => hash(bias(0, -3e38, 0, 0)), /a number of size 3\.00e\+38/);
  hash(bias(0, 1e-40, 0, 1));
  hash(bias(0, 0, 0, 0));
  const variance = tensor("f32", [4], Float32Array.of(1, 1, 1, -1e-3));
  assert.throws(() => hash({ "bn.running_var": variance }), /running_var holds -0\.001.*negative/);
  const huge = tensor("f64", [4], Float64Array.of(1e39, 0, 0, 0));
  assert.throws(() => hash({ "conv.bias": huge }), /conv\.bias holds 1e\+39 at \[0\]/);
  const whole = tensor("i16", [4], Int16Array.of(1, 2, 3, 4));
  assert.throws(() => hash({ "conv.bias": whole }), /conv\.bias holds integers \(I16\)/);
  const half = tensor("bf16", [4], Uint16Array.of(0x3f80, 0, 0, 0x7fc0));
  assert.throws(() => hash({ "conv.bias": half }), /conv\.bias holds NaN at \[3\]/);

  const halves = tensor("bf16", [4], Uint16Array.of(0x3f80, 0, 0, 0));
  assert.match(hash({ "conv.bias": halves }).notes[0], /1 of \d+ weights are stored as BF16/);
  assert.throws(
    () => hash({}, undefined, "model.module."),
    (error: InputError) => /--strip-prefix model\.module\./.test(error.advice!),
  );
  assert.equal(hash({}, "model.module.", "model.module.").hash, weightsHash(graph, source));
  Deno.removeSync(path);
});
