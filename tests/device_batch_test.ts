/** Slices at once by the memory of the device: on the double, whose memory is what a test says. */

import assert from "node:assert/strict";
import { MissingError } from "../src/base/errors.ts";
import { resolveModel } from "../src/models/mod.ts";
import {
  fitDevice,
  type ModelRequest,
  openSegmenter,
  prepareModel,
} from "../src/segmentation/mod.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();

const MEBIBYTE = 2 ** 20;

/** Two convolutions of slices of 64 x 64: 8 channels in single precision take 128 KiB a slice. */
const NETWORK = `
const window = { kernel: [3, 3], stride: [1, 1], padBefore: [1, 1], padAfter: [1, 1] };
export default {
  name: "two-convolutions", dimensions: 2, spatial: [64, 64], multipleOf: [1, 1],
  build(b, x) {
    const h = b.conv("first", x, { channels: 8, ...window });
    return b.apply("sigmoid", "out", [b.conv("second", h, { channels: 1, ...window })], {});
  },
};
`;

const REQUEST = {
  options: {},
  weights: null,
  overlap: 0,
  stitching: "mean",
  batch: "auto",
} as const satisfies Omit<ModelRequest, "model">;

Deno.test({
  name: "slices at once follow from the free memory of the device, and what is taken fits" +
    (path === null ? ` (skipped: ${problem})` : ""),
  ignore: path === null,
  async fn() {
    using cleanup = new DisposableStack();
    const { symbols } = cleanup.adopt(controlDouble(path!), (library) => library.close());
    const file = Deno.makeTempFileSync({ suffix: ".ts" });
    cleanup.defer(() => Deno.removeSync(file));
    Deno.writeTextFileSync(file, NETWORK);
    const model = await resolveModel(file);
    using backend = cudnnOnDouble().open();
    const { doubleMemory } = symbols;
    cleanup.defer(() => doubleMemory(4n << 30n));
    const slices = (batch: ModelRequest["batch"]) => {
      const prepared = prepareModel({ ...REQUEST, model, batch }, 1);
      using segmenter = openSegmenter(backend, prepared, "fp32");
      assert.equal(segmenter.grouping.size, segmenter.model.inputShape[0]);
      return segmenter.grouping.size;
    };
    const found = [0.5, 1, 2, 4, 8, 64].map((mebibytes) => {
      doubleMemory(BigInt(mebibytes * MEBIBYTE));
      return slices("auto");
    });
    assert.deepEqual(found, [1, 2, 4, 8, 16, 32]);
    // what was taken there is 2
    doubleMemory(BigInt(MEBIBYTE));
    assert.throws(() => slices(8), MissingError);
    // what is asked for by number is taken, and stacks come alone
    doubleMemory(64n * BigInt(MEBIBYTE));
    assert.equal(slices(3), 3);
    const stack = prepareModel({ ...REQUEST, model: "vnet:small", input: [8, 32, 32] }, 1);
    assert.equal(fitDevice(stack, backend), stack);
  },
});
