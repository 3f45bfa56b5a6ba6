import assert from "node:assert/strict";
import fc from "fast-check";
import type { Executable } from "../backends/backend.ts";
import { InterruptedError } from "../base/errors.ts";
import { elements } from "../base/shapes.ts";
import {
  affineOf,
  canonicalSource,
  type Filling,
  FILLINGS,
  planWindow,
  type Volume,
} from "../imaging/mod.ts";
import { seededWeights } from "../graph/weights.ts";
import { buildModel } from "../models/mod.ts";
import { writeSafetensors } from "../tensor/mod.ts";
import { batchThatFits } from "./batching.ts";
import { protocolOf } from "./protocol.ts";
import { segment } from "./segment.ts";
import type { Grouping } from "./network_shape.ts";
import { prepareModel, requireSegments, type Segmenter } from "./segmenter.ts";

/** A scan of random bytes, windowed already. */
function scan(shape: readonly [number, number, number], bytes: readonly number[]): Volume {
  const grid = {
    shape,
    spacing: [1, 1, 1] as const,
    affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]),
  };
  return {
    ...grid,
    voxels: Uint8Array.from({ length: elements(shape) }, (_, i) => bytes[i % bytes.length]),
    rescale: [{ slope: 1, intercept: 0 }],
    windows: [],
    format: "nifti",
    modality: null,
    source: canonicalSource(grid),
    report: [],
  };
}

/** A network that gives back what it sees, so that the mask is the thresholded scan. */
function echo(
  dimensions: 2 | 3,
  size: number,
  plane: [number, number],
  rest: Partial<Grouping>,
  channels = 1,
): Segmenter {
  const input = dimensions === 3 ? [1, 1, size, ...plane] : [size, 3, ...plane];
  const output = dimensions === 3 ? [1, channels, size, ...plane] : [size, channels, ...plane];
  const pixels = elements(plane);
  const foreground = channels - 1;
  const slot = (s: number) => dimensions === 3 ? foreground * size + s : s * channels + foreground;
  const executable: Executable = {
    inputs: [{ name: "x", shape: input }],
    outputs: [{ name: "y", shape: output }],
    steps: [],
    memory: { arena: 0, weights: 0, scratch: 0 },
    profile: () => [],
    load() {},
    run({ x }, { y }) {
      for (let s = 0; s < size; s++) {
        const from = s * (dimensions === 3 ? 1 : 3) * pixels;
        y.set(x.subarray(from, from + pixels), slot(s) * pixels);
      }
    },
    [Symbol.dispose]() {},
  };
  const model = {
    ...buildModel(dimensions === 3 ? "vnet:small" : "unet:small"),
    dimensions,
    inputShape: input,
    outputShape: output,
    foreground,
  };
  const grouping: Grouping = { size, overlap: 0, weighting: "mean", ...rest };
  return {
    model,
    flops: 0,
    weights: seededWeights(model.graph, 1),
    ensemble: [],
    weightsFrom: "seeded-random",
    notes: [],
    grouping,
    plane,
    executable,
    [Symbol.dispose]() {},
  };
}

const options = (volume: Volume) => ({
  window: planWindow(volume, "none"),
  threshold: 0.2,
});

Deno.test("through a network that echoes, the mask is the thresholded scan, stacked or batched", async () => {
  const cases = fc.record({
    slices: fc.integer({ min: 1, max: 20 }),
    size: fc.integer({ min: 1, max: 8 }),
    share: fc.integer({ min: 0, max: 7 }),
    dimensions: fc.constantFrom(2 as const, 3 as const),
    weighting: fc.constantFrom("mean" as const, "gaussian" as const),
    filling: fc.constantFrom(...FILLINGS),
    channels: fc.integer({ min: 1, max: 2 }),
    bytes: fc.array(fc.constantFrom(0, 20, 90, 255), { minLength: 5, maxLength: 97 }),
  });
  await fc.assert(fc.asyncProperty(cases, async (one) => {
    const { slices, size, dimensions, weighting, filling, channels, bytes } = one;
    const overlap = dimensions === 3 ? Math.min(one.share, size - 1) : 0;
    const volume = scan([slices, 3, 5], bytes);
    const stacked = dimensions === 3 ? { overlap, weighting, filling } : { weighting };
    const segmenter = echo(dimensions, size, [3, 5], stacked, channels);
    const { mask, groups } = await segment(volume, segmenter, options(volume));
    const expected = Uint8Array.from(volume.voxels, (value) => (value / 255 >= 0.2 ? 1 : 0));
    assert.deepEqual(mask, expected);
    assert.equal(groups.at(-1)!.stop, slices);
  }));
});

Deno.test("a scan of another size comes back on its own grid", async () => {
  const volume = scan([5, 12, 8], [255]);
  const { mask } = await segment(volume, echo(3, 4, [6, 6], {}), options(volume));
  assert.deepEqual(mask, new Uint8Array(5 * 12 * 8).fill(1));
});

Deno.test("of a scan seen at its lungs nothing around them is foreground", async () => {
  const [slices, height, width] = [5, 64, 64];
  const volume = scan([slices, height, width], [200]);
  // two dark pieces inside the body, whose box is rows 16 to 48 and columns 8 to 56
  for (let at = 0; at < volume.voxels.length; at++) {
    const [y, x] = [Math.floor(at / width) % height, at % width];
    if (y >= 16 && y < 48 && (x >= 8 && x < 24 || x >= 40 && x < 56)) volume.voxels[at] = 60;
  }
  const segmenter = { ...echo(3, 4, [36, 52], {}), field: "lungs" as const };
  const { mask } = await segment(volume, segmenter, options(volume));
  mask.forEach((value, at) => {
    const [y, x] = [Math.floor(at / width) % height, at % width];
    assert.equal(value, Number(y >= 14 && y < 50 && x >= 6 && x < 58), `${y} ${x}`);
  });
});

Deno.test("segmenting stops between two executions and says why", async () => {
  const volume = scan([9, 3, 5], [255]);
  const controller = new AbortController();
  controller.abort(new InterruptedError("interrupted"));
  await assert.rejects(
    segment(volume, echo(3, 4, [3, 5], {}), { ...options(volume), signal: controller.signal }),
    InterruptedError,
  );
});

Deno.test("a short scan fills its stack with its slices, and a slice is the mean of its places", async () => {
  const volume = scan([2, 1, 1], [255, 51]);
  // place by place: what is seen, and what a network makes of it that is surer towards the end
  const seen: number[][] = [];
  const echoed = echo(3, 5, [1, 1], { filling: "repeat" });
  const executable: Executable = {
    ...echoed.executable,
    run({ x }, { y }) {
      seen.push([...x].map((value) => Number(value.toFixed(3))));
      y.set([0.1, 0.2, 0.6, 0.1, 0.25]);
    },
  };
  const probabilities: number[] = [];
  const { mask } = await segment(volume, { ...echoed, executable }, {
    ...options(volume),
    onProbabilities: (_, [value]) => probabilities.push(Number(value.toFixed(6))),
  });
  assert.deepEqual(seen, [[1, 1, 1, 0.2, 0.2]]);
  assert.deepEqual(probabilities, [0.3, 0.175]);
  assert.deepEqual([...mask], [1, 0]);
});

Deno.test("the last stack of a longer scan may end with it, and slices are the mean of their stacks", async () => {
  const volume = scan([4, 1, 1], [255, 51, 102, 153]);
  const seen: number[][] = [];
  const shifted = echo(3, 3, [1, 1], { filling: "shift" });
  const executable: Executable = {
    ...shifted.executable,
    run({ x }, { y }) {
      seen.push([...x].map((value) => Number(value.toFixed(3))));
      y.set(seen.length === 1 ? [0.5, 0.1, 0.3] : [0.2, 0.7, 0]);
    },
  };
  const probabilities: number[] = [];
  const { mask, groups } = await segment(volume, { ...shifted, executable }, {
    ...options(volume),
    onProbabilities: (_, [value]) => probabilities.push(Number(value.toFixed(6))),
  });
  assert.deepEqual(groups.map(({ start, padded }) => [start, padded]), [[0, 0], [1, 0]]);
  assert.deepEqual(seen, [[1, 0.2, 0.4], [0.2, 0.4, 0.6]]);
  assert.deepEqual(probabilities, [0.5, 0.15, 0.5, 0]);
  assert.deepEqual([...mask], [1, 0, 1, 0]);
});

Deno.test("a protocol tells what fills stacks, and is of another version where it is not zeros", () => {
  const request = {
    model: "vnet:small",
    options: {},
    weights: null,
    batch: 1,
    overlap: 0,
  } as const;
  const of = (filling?: Filling) =>
    protocolOf(prepareModel({ ...request, stitching: "mean", filling }, 1), {
      window: "none",
      threshold: 0.2,
    });
  assert.deepEqual(of("zeros"), of());
  const { version, grouping } = of("repeat");
  assert.deepEqual([of().version, version, grouping.filling], [1, 2, "repeat"]);
  assert.match(grouping.note, /zeros; instead, of a scan with less than size slices/);
  const shifted = of("shift").grouping.note;
  assert.match(shifted, /with less than size slices.*; of a longer scan the last begins at/);
});

Deno.test("a stack longer than the scan is padded, and weights must fit the model", async () => {
  const volume = scan([2, 3, 5], [255, 0]);
  const { mask, groups } = await segment(volume, echo(3, 8, [3, 5], {}), options(volume));
  assert.equal(mask.length, 30);
  assert.deepEqual(groups, [{ start: 0, stop: 2, padded: 6 }]);
  const request = {
    model: "vnet:small",
    options: {},
    weights: null,
    batch: 2,
    overlap: 0,
    stitching: "mean",
  } as const;
  assert.throws(() => requireSegments(prepareModel(request, 1).model), /batch 1/);
});

Deno.test("weights that say which field they were trained on are refused on another", () => {
  const path = Deno.makeTempFileSync({ suffix: ".safetensors" });
  try {
    const { graph } = buildModel("unet:small", { spatial: [64, 64] });
    const source = seededWeights(graph, 1);
    const names = graph.parameters.map(({ value }) => graph.values[value].name);
    const tensors = new Map(names.map((name) => [name, source(name)]));
    const prepare = (field?: "lungs" | "whole") => () =>
      prepareModel({
        model: "unet:small",
        input: [64, 64],
        options: {},
        weights: path,
        batch: 1,
        overlap: 0,
        stitching: "mean",
        field,
      }, 1);
    writeSafetensors(path, tensors, { stackbench: JSON.stringify({ field: "lungs" }) });
    assert.throws(prepare(), /trained on the field lungs of each slice, not on whole/);
    assert.equal(prepare("lungs")().field, "lungs");
    writeSafetensors(path, tensors, { stackbench: "{}" });
    assert.throws(prepare("lungs"), /trained on the field whole/);
    prepare("whole")();
    writeSafetensors(path, tensors);
    prepare("lungs")();
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("slices at once are a power of two that the model is built for; stacks come alone", () => {
  const request = { options: {}, weights: null, overlap: 0, stitching: "mean" } as const;
  const flat = prepareModel(
    { ...request, model: "unet:small", input: [64, 64], batch: "auto" },
    1,
  );
  assert.equal(flat.grouping.size, flat.model.inputShape[0]);
  assert.equal(Math.log2(flat.grouping.size) % 1, 0);
  const { graph } = buildModel("unet:small", { spatial: [64, 64], batch: 1 });
  const sizes = [0, 1, 4, 64, 4096].map((mib) => batchThatFits(graph, mib * 2 ** 20));
  assert.deepEqual(sizes, [1, 2, 8, 32, 32]);
  const solid = prepareModel(
    { ...request, model: "vnet:small", input: [8, 32, 32], batch: "auto" },
    1,
  );
  assert.deepEqual([solid.model.inputShape[0], solid.grouping.size], [1, 8]);
});
