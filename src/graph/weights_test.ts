import assert from "node:assert/strict";
import { InputError } from "../base/errors.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { GraphBuilder } from "./builder.ts";
import { namedWeights, seededWeights } from "./weights.ts";

function model() {
  const b = new GraphBuilder("toy");
  return b.build(b.batchNorm("bn", b.input("x", [1, 2, 3, 3]), 1e-5));
}

const given = (): Map<string, Tensor> =>
  new Map(["weight", "bias", "running_mean", "running_var"].map((part) => [
    `bn.${part}`,
    tensor("f32", [2]),
  ]));

Deno.test("a PyTorch state_dict fits, its count of batches included", () => {
  const tensors = given().set("bn.num_batches_tracked", tensor("f64", [], Float64Array.of(7)));
  assert.equal(namedWeights(model(), tensors)("bn.bias"), tensors.get("bn.bias"));
});

Deno.test("missing, extra and misshapen tensors are all named", () => {
  const tensors = given().set("bn.bias", tensor("f32", [3])).set("head.bias", tensor("f32", [1]));
  tensors.delete("bn.weight");
  assert.throws(() => namedWeights(model(), tensors), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /missing bn\.weight \(2\)/);
    assert.match(error.message, /bn\.bias must be 2, not 3/);
    assert.match(error.message, /extra head\.bias/);
    return true;
  });
});

Deno.test("seeded weights depend on the seed and the name, not on the order of asking", () => {
  const b = new GraphBuilder("toy");
  const window = { kernel: [1, 1], stride: [1, 1], padBefore: [0, 0], padAfter: [0, 0] };
  const first = b.conv("a", b.input("x", [1, 2, 3, 3]), { channels: 500, ...window });
  const graph = b.build(b.conv("b", first, { channels: 3, ...window }));
  const a = seededWeights(graph, 1)("a.weight").data;
  const later = seededWeights(graph, 1);
  later("b.weight");
  assert.deepEqual(later("a.weight").data, a);
  assert.notDeepEqual(seededWeights(graph, 2)("a.weight").data, a);
  assert.ok(a.every((value) => Math.abs(Number(value)) <= 2), "he_normal is cut at two deviations");
});
