import assert from "node:assert/strict";
import { InputError } from "../base/errors.ts";
import { GraphBuilder } from "./builder.ts";
import type { Graph, ValueId } from "./graph.ts";
import { forTraining, trainingStep } from "./training.ts";

function model(out: "sigmoid" | "softmax" | "relu", spatial = [4, 5]): Graph {
  const b = new GraphBuilder("toy");
  const channels = out === "softmax" ? 2 : 1;
  const window = { kernel: [1, 1], stride: [1, 1], padBefore: [0, 0], padAfter: [0, 0] };
  const x = b.input("x", [1, 3, ...spatial]);
  const h = b.batchNorm("bn", b.conv("conv", x, { channels, ...window }), 1e-3);
  return b.build(b.apply(out, "out", [h], {}));
}

const named = ({ values }: Graph, ids: readonly ValueId[]) => ids.map((id) => values[id].name);

Deno.test("a training step takes and gives what its trainer must know", () => {
  const step = trainingStep(model("softmax"), {
    loss: "dice_cross_entropy",
    momentum: 0.9,
    dropout: { conv: "channel" },
  });
  assert.deepEqual(named(step, step.inputs), [
    "x",
    "conv.mask",
    "bn.running_mean",
    "bn.running_var",
    "target",
  ]);
  assert.deepEqual(step.values[step.inputs[1]].shape, [1, 2, 1, 1]);
  assert.deepEqual(step.values[step.inputs[4]].shape, [1, 1, 4, 5]);
  assert.deepEqual(named(step, step.outputs).slice(1), [
    "conv.weight.grad",
    "conv.bias.grad",
    "bn.weight.grad",
    "bn.bias.grad",
    "bn.running_mean.next",
    "bn.running_var.next",
  ]);
  const names = step.nodes.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, "two nodes of one name");
});

Deno.test("what cannot be trained says why", () => {
  const options = { loss: "dice", momentum: 0.9 } as const;
  const throws = (graph: Graph, message: RegExp, dropout = {}) =>
    assert.throws(() => trainingStep(graph, { ...options, dropout }), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      return true;
    });
  throws(model("relu"), /of relu is neither a sigmoid/);
  throws(model("sigmoid", [1, 1]), /bn has one element a channel/);
  throws(model("sigmoid"), /no node conv9/, { conv9: "element" });
});

Deno.test("a model without batch norm or dropout is trained as it stands", () => {
  const b = new GraphBuilder("plain");
  const graph = b.build(b.instanceNorm("in", b.input("x", [2, 3, 4, 4]), 1e-5));
  assert.deepEqual(forTraining(graph, { momentum: 0.9 }), graph);
});
