/**
 * A scan that goes whole to the device gives the mask and the probabilities that the host's path
 * gives, bit for bit: on the double, which does everything as late as it may, or copies as early.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Backend, Executable } from "../src/backends/backend.ts";
import { compile } from "../src/backends/mod.ts";
import { NativeError } from "../src/base/errors.ts";
import { openResources } from "../src/backends/cudnn/cuda/resource.ts";
import { type Grouping, segment, type Segmenter } from "../src/segmentation/mod.ts";
import { elements } from "../src/base/shapes.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import { seededWeights } from "../src/graph/weights.ts";
import {
  affineOf,
  canonicalSource,
  type FieldChoice,
  planWindow,
  type Volume,
  type Weighting,
} from "../src/imaging/mod.ts";
import { buildModel } from "../src/models/mod.ts";
import { window } from "./case.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();
const skipped = path === null ? ` (skipped: ${problem})` : "";

/** What is tried: a scan, a network of one convolution, and how slices go through it. */
interface Trial {
  readonly shape: readonly [slices: number, height: number, width: number];
  readonly wide: boolean;
  readonly plane: readonly [height: number, width: number];
  readonly dimensions: 2 | 3;
  readonly size: number;
  readonly share: number;
  readonly weighting: Weighting;
  readonly field: FieldChoice;
  readonly seed: number;
}

function scan({ shape, wide, seed }: Trial): Volume {
  const grid = {
    shape,
    spacing: [1, 1, 1] as const,
    affine: affineOf([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]),
  };
  const value = (i: number) => (i * 7919 + seed * 104729) % 1800 - 1400;
  const length = elements(shape);
  return {
    ...grid,
    voxels: wide
      ? Int16Array.from({ length }, (_, i) => value(i))
      : Uint8Array.from({ length }, (_, i) => value(i) & 255),
    rescale: [wide ? { slope: 1, intercept: 0 } : { slope: 6, intercept: -1400 }],
    windows: [],
    format: "nifti",
    modality: null,
    source: canonicalSource(grid),
    report: [],
  };
}

/** A convolution over three voxels or pixels along each axis, then a sigmoid. */
function segmenterOf(backend: Backend, trial: Trial): Segmenter {
  const { dimensions, size, plane, seed, weighting } = trial;
  const input = dimensions === 3 ? [1, 1, size, ...plane] : [size, 3, ...plane];
  const axes = new Array<number>(dimensions);
  const same = window(axes.fill(3), axes.map(() => 1), axes.map(() => 1), axes.map(() => 1));
  const b = new GraphBuilder("a network");
  const graph = b.build(
    b.apply("sigmoid", "y", [b.conv("c", b.input("x", input), { channels: 2, ...same })], {}),
  );
  const weights = seededWeights(graph, seed);
  const executable = compile(backend, graph, weights);
  const grouping: Grouping = {
    size,
    overlap: dimensions === 3 ? Math.min(trial.share, size - 1) : 0,
    weighting: dimensions === 3 ? weighting : "mean",
  };
  return {
    model: {
      ...buildModel(dimensions === 3 ? "vnet:small" : "unet:small"),
      dimensions,
      inputShape: input,
      outputShape: executable.outputs[0].shape,
      foreground: 1,
    },
    flops: 0,
    weights,
    ensemble: [],
    weightsFrom: "seeded-random",
    notes: [],
    grouping,
    field: trial.field,
    plane,
    executable,
    [Symbol.dispose]: () => executable[Symbol.dispose](),
  };
}

/** A scan of several groups that overlap, no two of which look alike. */
const LONG: Trial = {
  shape: [19, 5, 4],
  wide: true,
  plane: [4, 4],
  dimensions: 3,
  size: 4,
  share: 1,
  weighting: "mean",
  field: "whole",
  seed: 3,
};

/** The mask, and the probabilities of every slice in order. */
async function through(trial: Trial, segmenter: Segmenter) {
  const volume = scan(trial);
  const probabilities: number[] = [];
  const options = {
    window: planWindow(volume, "lung"),
    threshold: 0.45,
  };
  const silent = await segment(volume, segmenter, options);
  const { mask } = await segment(volume, segmenter, {
    ...options,
    onProbabilities: (z, values) => {
      assert.equal(probabilities.length, z * values.length);
      probabilities.push(...values);
    },
  });
  assert.deepEqual(mask, silent.mask);
  return { mask, probabilities };
}

/** The same executable, but for its way of taking whole scans. */
function withoutScan(executable: Executable): Executable {
  const { inputs, outputs, steps, memory } = executable;
  return {
    ...{ inputs, outputs, steps, memory },
    load: (weights) => executable.load(weights),
    run: (given, wanted) => executable.run(given, wanted),
    profile: (given, wanted) => executable.profile(given, wanted),
    [Symbol.dispose]() {},
  };
}

Deno.test({
  name: `a scan on the device gives what it gives through the host, bit for bit${skipped}`,
  ignore: path === null,
  async fn() {
    const sizes = fc.integer({ min: 1, max: 9 });
    const trials: fc.Arbitrary<Trial> = fc.record({
      shape: fc.tuple(fc.integer({ min: 1, max: 23 }), sizes, sizes),
      wide: fc.boolean(),
      plane: fc.tuple(sizes, sizes),
      dimensions: fc.constantFrom(2 as const, 3 as const),
      size: fc.integer({ min: 1, max: 6 }),
      share: fc.integer({ min: 0, max: 5 }),
      weighting: fc.constantFrom<Weighting>("mean", "gaussian"),
      field: fc.constantFrom<FieldChoice>("whole", "lungs"),
      seed: fc.nat(1000),
    });
    const open = openResources();
    using cleanup = new DisposableStack();
    const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
    cleanup.defer(() => control.symbols.doubleEarlyCopies(0));
    for (const early of [0, 1]) {
      control.symbols.doubleEarlyCopies(early);
      using backend = cudnnOnDouble().open();
      await fc.assert(
        fc.asyncProperty(trials, async (trial) => {
          using segmenter = segmenterOf(backend, trial);
          const onDevice = await through(trial, segmenter);
          const executable = withoutScan(segmenter.executable);
          assert.deepEqual(onDevice, await through(trial, { ...segmenter, executable }));
        }),
        { numRuns: 25 },
      );
    }
    assert.equal(openResources(), open);
  },
});

Deno.test({
  name: `every event that a scan waits for on the device is needed there, and noticed${skipped}`,
  ignore: path === null,
  async fn() {
    using cleanup = new DisposableStack();
    const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
    const { doubleSkipWait, doubleWaits } = control.symbols;
    cleanup.defer(() => doubleSkipWait(0n));
    using backend = cudnnOnDouble().open();
    using segmenter = segmenterOf(backend, LONG);
    const volume = scan(LONG);
    // so that about every other voxel is foreground, and no two groups have the same mask
    const { probabilities } = await through(LONG, segmenter);
    const threshold = probabilities.toSorted()[probabilities.length / 2];
    const options = { window: planWindow(volume, "lung"), threshold };
    const once = async (skipped: number) => {
      doubleSkipWait(BigInt(skipped));
      return await segment(volume, segmenter, options).catch((error: NativeError) => error);
    };
    const wanted = await once(0);
    assert.ok("mask" in wanted);
    const waits = Number(doubleWaits());
    // of each group but the ends: up, down, the slices that are read, and two of the host
    assert.ok(waits > 4 * wanted.groups.length, `${waits} waits`);
    let refused = 0;
    for (let n = 1; n <= waits; n++) {
      const found = await once(n);
      if (found instanceof NativeError) {
        assert.match(found.message, /an event is missing/, `wait ${n}`);
        refused++;
      } else assert.notDeepEqual(found.mask, wanted.mask, `wait ${n} is for nothing`);
    }
    assert.ok(refused > waits / 2, `${refused} of ${waits} are refused`);
  },
});

Deno.test({
  name: `a scan that is stopped, or fails, on the device leaves nothing open there${skipped}`,
  ignore: path === null,
  async fn() {
    using cleanup = new DisposableStack();
    const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
    const trial: Trial = {
      shape: [9, 5, 4],
      wide: true,
      plane: [4, 4],
      dimensions: 3,
      size: 3,
      share: 1,
      weighting: "mean",
      field: "whole",
      seed: 3,
    };
    {
      using backend = cudnnOnDouble().open();
      using segmenter = segmenterOf(backend, trial);
      const wanted = await through(trial, segmenter);
      const alive = control.symbols.doubleAlive();
      const volume = scan(trial);
      const options = {
        window: planWindow(volume, "lung"),
        threshold: 0.45,
      };
      const reason = new Error("stopped");
      const signal = AbortSignal.abort(reason);
      await assert.rejects(segment(volume, segmenter, { ...options, signal }), reason);
      assert.equal(control.symbols.doubleAlive(), alive);
      let failures = 0;
      for (let n = 1;; n++) {
        control.symbols.doubleFailAt(BigInt(n));
        const outcome = await segment(volume, segmenter, options).catch(() => null);
        const failed = Deno.UnsafePointerView.getCString(control.symbols.doubleFailed()!);
        control.symbols.doubleFailAt(0n);
        assert.equal(control.symbols.doubleAlive(), alive, `${failed} (call ${n})`);
        if (failed === "") {
          assert.deepEqual(outcome?.mask, wanted.mask);
          break;
        }
        // that waiting failed before memory is freed hurts nobody
        if (outcome) assert.deepEqual(outcome.mask, wanted.mask, `${failed} (call ${n})`);
        else failures++;
      }
      assert.ok(failures > 50, `${failures} failures`);
    }
    assert.equal(control.symbols.doubleAlive(), 0n);
  },
});
