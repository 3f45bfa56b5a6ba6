/**
 * A scan that goes whole to the device gives the mask and the probabilities that the host's path
 * gives, bit for bit: on the double, which does everything as late as it may, or copies as early.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { compile } from "../src/backends/mod.ts";
import { NativeError, NumericalError } from "../src/base/errors.ts";
import { elements } from "../src/base/shapes.ts";
import { openResources } from "../src/backends/cudnn/cuda/resource.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import type { WeightSource } from "../src/graph/weights.ts";
import { planWindow } from "../src/imaging/mod.ts";
import { segment, type Segmenter } from "../src/segmentation/mod.ts";
import { tensor } from "../src/tensor/tensor.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";
import { thatOnlyRuns } from "../benchmarks/gpu/same_masks.ts";
import { LONG, scan, segmenterOf, type Trial, TRIALS } from "./scan_trials.ts";

const { path, problem } = buildDouble();
const skipped = path === null ? ` (skipped: ${problem})` : "";

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

Deno.test({
  name: `a scan on the device gives what it gives through the host, bit for bit${skipped}`,
  ignore: path === null,
  async fn() {
    const open = openResources();
    using cleanup = new DisposableStack();
    const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
    cleanup.defer(() => control.symbols.doubleEarlyCopies(0));
    for (const early of [0, 1]) {
      control.symbols.doubleEarlyCopies(early);
      using backend = cudnnOnDouble().open();
      await fc.assert(
        fc.asyncProperty(TRIALS, async (trial) => {
          using segmenter = segmenterOf(backend, trial);
          const onDevice = await through(trial, segmenter);
          const executable = thatOnlyRuns(segmenter.executable);
          assert.deepEqual(onDevice, await through(trial, { ...segmenter, executable }));
        }),
        { numRuns: 25 },
      );
    }
    assert.equal(openResources(), open);
  },
});

Deno.test({
  name:
    `probabilities that are no numbers are refused, on the device as through the host${skipped}`,
  ignore: path === null,
  async fn() {
    using backend = cudnnOnDouble().open();
    using segmenter = segmenterOf(backend, LONG);
    // infinite sums of both signs, and then their sum
    const b = new GraphBuilder("overflows");
    const bare = {
      kernel: [1, 1, 1],
      stride: [1, 1, 1],
      padBefore: [0, 0, 0],
      padAfter: [0, 0, 0],
    };
    const x = b.input("x", segmenter.model.inputShape);
    const both = b.conv("first", x, { channels: 2, ...bare, bias: false });
    const wide = b.apply("mul", "wide", [both, both], {});
    const wider = b.apply("mul", "wider", [wide, wide], {});
    const signed = b.apply("mul", "signed", [wider, both], {});
    const y = b.conv("second", signed, { channels: 2, ...bare, bias: false });
    const graph = b.build(b.apply("sigmoid", "y", [y], {}));
    const weights: WeightSource = (name) => {
      const { shape } = graph.values.find((value) => value.name === name)!;
      const [first, second] = name.startsWith("first") ? [1e12, -1e12] : [1, 1];
      const data = Float32Array.from({ length: elements(shape) }, (_, i) => i % 2 ? second : first);
      return tensor("f32", shape, data);
    };
    using executable = compile(backend, graph, weights);
    const volume = scan(LONG);
    const options = { window: planWindow(volume, "lung"), threshold: 0.45 };
    for (const one of [executable, thatOnlyRuns(executable)]) {
      const refused = segment(volume, { ...segmenter, executable: one }, options);
      await assert.rejects(refused, NumericalError);
    }
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
    const volume = scan(LONG);
    const window = planWindow(volume, "lung");
    const once = async (skipped: number) => {
      // pinned memory must not hold what came of an earlier time
      using backend = cudnnOnDouble().open();
      using segmenter = segmenterOf(backend, LONG);
      // so that about every other voxel is foreground, and no two groups have the same mask
      const executable = thatOnlyRuns(segmenter.executable);
      const { probabilities } = await through(LONG, { ...segmenter, executable });
      const threshold = probabilities.toSorted()[probabilities.length / 2];
      const options = { window, threshold };
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
    const trial: Trial = { ...LONG, shape: [9, 5, 4], size: 3 };
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
