import assert from "node:assert/strict";
import { InputError, ShapeError } from "../base/errors.ts";
import { type Graph, trainableParameters } from "../graph/graph.ts";
import {
  buildModel,
  buildModelFor,
  formatLayerTable,
  formatModelSummaries,
  layerTable,
  logitsOf,
  modelNames,
  parseModelName,
  parseOptions,
} from "./mod.ts";

/** Whether an error says all of these. */
const says = (type: typeof InputError, ...parts: readonly string[]) => (error: unknown) => {
  assert.ok(error instanceof type, String(error));
  const text = `${error.message} | ${error.advice}`;
  parts.forEach((part) => assert.ok(text.includes(part), `${text}\nlacks ${part}`));
  return true;
};

Deno.test("every variant has the parameters that its PyTorch twin has at the paper's size", () => {
  const counts = Object.fromEntries(
    modelNames().map((name) => {
      const spatial = name.startsWith("vnet") ? [32, 512, 512] : [512, 512];
      return [name, trainableParameters(buildModel(name, { spatial }).graph)];
    }),
  );
  assert.deepEqual(counts, {
    "vnet:paper206": 206_185_805,
    "vnet:paper206_w16k3": 206_415_409,
    "vnet:paper206_w16k5": 206_714_737,
    "vnet:official": 61_982_682,
    "vnet:official1": 61_978_676,
    "vnet:fig2": 65_175_281,
    "vnet:monai": 45_596_309,
    "vnet:small": 517_565,
    "unet:full": 38_460_687,
    "unet:small": 1_348_887,
  });
});

Deno.test("CBAM's places and ratio change the count as in PyTorch", () => {
  const count = (options: Record<string, string>) =>
    trainableParameters(buildModel("unet", { options }).graph);
  assert.equal(count({ ratio: "8" }), 38_548_173);
  assert.equal(count({ ratio: "8", cbam: "res_end" }), 38_548_173);
  assert.equal(count({ cbam: "stage" }), 38_415_348);
  assert.equal(count({ cbam: "skip" }), 38_579_502);
  assert.equal(count({ cbam: "none" }), 38_370_009);
});

Deno.test("convolutions cost what falls inside the input, less than the naive count", () => {
  const conv = (name: string) =>
    layerTable(buildModel(name).graph)
      .filter(({ op }) => op === "conv" || op === "deconv")
      .reduce((sum, { flops }) => sum + flops, 0) / 1e12;
  assert.equal(conv("vnet:paper206").toFixed(3), "0.303"); // naively 0.341
  assert.equal(conv("vnet:official1").toFixed(2), "5.27"); // naively 6.09
});

Deno.test("a model keeps the shape of its input and says which channel is the foreground", () => {
  for (const name of modelNames()) {
    const spatial = name.startsWith("vnet") ? [32, 16, 48] : [96, 96];
    const { graph, dimensions, inputShape, outputShape, foreground } = buildModel(name, {
      spatial,
      batch: 2,
    });
    const channels = name === "vnet:official" ? 2 : 1;
    assert.equal(dimensions, spatial.length);
    assert.deepEqual(graph.values[graph.inputs[0]].shape, inputShape);
    assert.deepEqual(graph.values[graph.outputs[0]].shape, outputShape);
    assert.deepEqual(outputShape, [2, channels, ...spatial]);
    assert.equal(foreground, channels - 1);
    const names = graph.nodes.map((node) => node.name);
    assert.equal(new Set(names).size, names.length, `${name} has two nodes of one name`);
  }
});

Deno.test("what a fused sum adds is made before the convolution that it ends", () => {
  const order = (graph: Graph, ...names: string[]) => {
    const at = names.map((name) => graph.nodes.findIndex((node) => node.name === name));
    assert.ok(at.every((index, i) => index >= 0 && (i === 0 || at[i - 1] < index)), `${names}`);
  };
  const { graph } = buildModel("unet:small");
  order(graph, "dec4.res1.bn_in", "dec4.res1.conv1", "dec4.res1.conv2", "dec4.res1.add");
  order(graph, "b2.pool.pool", "b2.res", "b2.add");
  order(buildModel("vnet:small").graph, "tile", "enc.0.body.conv0", "enc.0.add");
});

Deno.test("logits are what the last sigmoid or softmax reads", () => {
  for (const [name, last] of [["vnet:official", "head.conv1"], ["unet:small", "head"]]) {
    const { graph } = buildModel(name);
    const logits = logitsOf(graph);
    assert.equal(logits.nodes.at(-1)?.name, last);
    assert.equal(logits.values[logits.outputs[0]].name, last);
    assert.equal(logitsOf(logits), logits);
  }
  const none = buildModel("vnet:small", { options: { out_act: "none" } }).graph;
  assert.equal(logitsOf(none), none);
});

Deno.test("names: unet is short for unet:full, vnet alone is ambiguous, others are refused", () => {
  assert.equal(parseModelName("unet").full, "unet:full");
  assert.throws(() => parseModelName("vnet"), says(InputError, "several variants", "vnet:small"));
  assert.throws(() => parseModelName("vnet:big"), says(InputError, "vnet:big", "vnet:official1"));
  assert.throws(() => parseModelName("unet:constructor"), says(InputError, "unet:small"));
  assert.throws(() => parseModelName("resnet"), says(InputError, "resnet", "unet:full"));
});

Deno.test("illegal sizes are ShapeErrors that say what is legal", () => {
  const size = (name: string, ...spatial: number[]) => () => buildModel(name, { spatial });
  assert.throws(size("vnet:paper206", 24, 16, 16), says(ShapeError, "multiples of 16", "24x16x16"));
  assert.throws(size("vnet:small", 16, 16, 20), says(ShapeError, "multiples of 8", "16x16x20"));
  assert.throws(size("vnet:small", 8, 8, 8), says(ShapeError, "single voxel"));
  assert.doesNotThrow(size("vnet:small", 8, 8, 16));
  assert.throws(size("vnet:small", 16, 16), says(ShapeError, "D, H, W", "16x16"));
  assert.throws(size("vnet:small", 0, 16, 16), says(ShapeError, "0x16x16"));
  assert.throws(size("unet", 64, 96), says(ShapeError, "H = W, a multiple of 32", "64x96"));
  assert.throws(size("unet", 80, 80), says(ShapeError, "multiple of 32"));
  assert.doesNotThrow(size("unet:small", 32, 32));
  assert.throws(() => buildModel("unet", { batch: 0 }), says(ShapeError, "batch"));
});

Deno.test("a model for a tensor refuses its rank or channels by saying what it takes", () => {
  assert.deepEqual(buildModelFor("unet:small", [3, 3, 64, 64]).outputShape, [3, 1, 64, 64]);
  assert.deepEqual(
    buildModelFor("unet:small", [1, 1, 64, 64], { in_ch: "1" }).inputShape,
    [1, 1, 64, 64],
  );
  assert.throws(() => buildModelFor("unet:small", [1, 1, 64, 64]), says(ShapeError, "Nx3xHxW"));
  assert.throws(() => buildModelFor("vnet:small", [1, 16, 16, 16]), says(ShapeError, "Nx1xDxHxW"));
});

Deno.test("options change the graph; unknown and illegal ones are refused with the legal ones", () => {
  const options = parseOptions(
    "f=2, enc=1:1,dec=2:1,k=3,bn=True,act=elu,acts.up=leaky,bn_eps=1e-3",
  );
  const { graph } = buildModel("vnet:small", { spatial: [4, 8, 12], options });
  const find = (name: string) => graph.nodes.find((node) => node.name === name);
  assert.equal(find("up.0.act")?.op, "leaky_relu");
  assert.equal(find("down.0.act")?.op, "elu");
  assert.deepEqual(find("enc.0.body.bn0")?.attributes, { epsilon: 1e-3 });
  assert.equal(find("dec.1.body.conv1")?.op, "conv");

  const build = (text: string) => () => buildModel("vnet:small", { options: parseOptions(text) });
  assert.throws(build("depth=3"), says(InputError, "depth", "bn_eps", "out_act"));
  assert.throws(build("merge=stack"), says(InputError, "stack", "cat | add"));
  for (
    const illegal of [
      "k=4",
      "f=0",
      "f=1.5",
      "enc=1:x:2",
      "bn_eps=-1",
      "bn_eps=1e400",
      "bn=toString",
    ]
  ) {
    assert.throws(build(illegal), says(InputError, illegal.split("=")[1]));
  }
  assert.throws(build("enc=1:1"), says(InputError, "enc and dec"));
  assert.throws(build("dec_w=3"), says(InputError, "dec_w"));
  assert.throws(build("in_ch=3"), says(InputError, "multiple of in_ch"));
  assert.throws(build("k=5,k=3"), says(InputError, "twice"));
  assert.throws(build("k"), says(InputError, "k=v"));
});

Deno.test("a layer table counts shared parameters once and prints its totals", () => {
  const { graph } = buildModel("unet:small");
  const rows = layerTable(graph);
  const parameters = rows.reduce((sum, row) => sum + row.parameters, 0);
  assert.equal(parameters, trainableParameters(graph));
  const row = (name: string) => rows.find((row) => row.name === name);
  assert.equal(row("dec4.res1.cbam_pre.fc1")?.parameters, 64 * 4 + 4);
  assert.equal(row("dec4.res1.cbam_pre.fc1.max")?.parameters, 0);
  assert.deepEqual(row("cat4")?.inputs, [[1, 64, 8, 8], [1, 128, 8, 8]]);
  const text = formatLayerTable(graph);
  assert.match(text, /^layer +op +input +output +parameters/);
  assert.match(text, /\ntotal +1,348,887 /);
});

Deno.test("the list of models has a line for each, with what it is at its intended size", () => {
  const lines = formatModelSummaries().trimEnd().split("\n").slice(1);
  assert.deepEqual(lines.map((line) => line.split(" ")[0]), modelNames());
  assert.match(lines.join("\n"), /vnet:small +1x1x32x128x128 +517,565 +17\.\d /);
});
