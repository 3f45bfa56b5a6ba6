/**
 * Executions whose copies overlap with each other give the bits of executions one after another, and
 * leave nothing open: on the double, which does everything as late as it may, or copies as early.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Executable } from "../src/backends/backend.ts";
import type { Passes } from "../src/backends/mod.ts";
import { openResources } from "../src/backends/cudnn/cuda/resource.ts";
import { InputError, NativeError } from "../src/base/errors.ts";
import { elements } from "../src/base/shapes.ts";
import { planWindow } from "../src/imaging/mod.ts";
import { segment, type Segmenter } from "../src/segmentation/mod.ts";
import { ensembleOf } from "../src/segmentation/ensemble.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";
import { thatOnlyRuns } from "../benchmarks/gpu/same_masks.ts";
import { LONG, scan, segmenterOf, type Trial, TRIALS } from "./scan_trials.ts";

const { path, problem } = buildDouble();

type Controls = ReturnType<typeof controlDouble>["symbols"];

/** A test on the double, which is as it was behind it. */
function onDouble(name: string, fn: (control: Controls) => void | Promise<void>): void {
  Deno.test({
    name: `${name}${path === null ? ` (skipped: ${problem})` : ""}`,
    ignore: path === null,
    async fn() {
      using cleanup = new DisposableStack();
      const { symbols } = cleanup.adopt(controlDouble(path!), (library) => library.close());
      cleanup.defer(() => {
        symbols.doubleEarlyCopies(0);
        symbols.doubleSkipWait(0n);
        symbols.doubleMemory(4n << 30n);
      });
      const open = openResources();
      await fn(symbols);
      assert.equal(openResources(), open);
      assert.equal(symbols.doubleAlive(), 0n);
    },
  });
}

/** The same executable through host memory: with copies that overlap, or one after another. */
function throughHost(executable: Executable, overlaps: boolean): Executable {
  const passes = () => executable.passes!();
  return { ...thatOnlyRuns(executable), ...(overlaps ? { passes } : {}) };
}

/** The mask of a trial. */
async function maskOf(trial: Trial, segmenter: Segmenter, signal?: AbortSignal) {
  const volume = scan(trial);
  const told: number[] = [];
  const { mask } = await segment(volume, segmenter, {
    window: planWindow(volume, "lung"),
    threshold: 0.6,
    onSlices: (slices) => told.push(slices),
    signal,
  });
  return { mask, told };
}

onDouble(
  "a scan through host memory gives the same mask whether copies overlap or not, with ensembles too",
  async (control) => {
    for (const early of [0, 1]) {
      control.doubleEarlyCopies(early);
      using backend = cudnnOnDouble().open();
      await fc.assert(
        fc.asyncProperty(TRIALS, async (trial) => {
          using segmenter = segmenterOf(backend, trial);
          using other = segmenterOf(backend, { ...trial, seed: trial.seed + 1 });
          const each = (overlaps: boolean) =>
            [segmenter, other].map(({ executable }) => throughHost(executable, overlaps));
          for (const members of [[0], [0, 1]]) {
            const [inTurn, overlapping] = [false, true].map((overlaps) => {
              const executable = ensembleOf(members.map((i) => each(overlaps)[i]));
              assert.equal(executable.passes !== undefined, overlaps);
              return { ...segmenter, executable };
            });
            assert.deepEqual(await maskOf(trial, overlapping), await maskOf(trial, inTurn));
          }
        }),
        { numRuns: 10 },
      );
    }
  },
);

/** Inputs of some executions, no two of which are alike, and their outputs one after another. */
function series(executable: Executable, count: number) {
  const [input, output] = [executable.inputs[0], executable.outputs[0]];
  const inputs = Array.from({ length: count }, (_, n) =>
    Float32Array.from(
      { length: elements(input.shape) },
      (_, i) => (i * 31 + n * 977) % 101 / 50 - 1,
    ));
  const outputs = inputs.map((x) => {
    const y = new Float32Array(elements(output.shape));
    executable.run({ [input.name]: x }, { [output.name]: y });
    return y;
  });
  /** The same with copies that overlap: each is taken once the next one is under way. */
  const overlapped = (passes: Passes) => {
    const x = new Float32Array(elements(input.shape));
    const found: Float32Array[] = [];
    for (let n = 0; n <= count; n++) {
      x.set(inputs[n] ?? []);
      if (n < count) passes.submit({ [input.name]: x });
      // inputs are the caller's again
      x.fill(7);
      if (n === 0) continue;
      const y = new Float32Array(elements(output.shape));
      passes.take({ [output.name]: y });
      found.push(y);
    }
    return found;
  };
  return { inputs, outputs, overlapped };
}

onDouble(
  "every event that overlapping executions wait for is needed, and noticed",
  ({ doubleSkipWait, doubleWaits }) => {
    /** What comes of leaving out a wait; null where that is refused. */
    const once = (skipped: number) => {
      // pinned memory must not hold what came of an earlier time
      using backend = cudnnOnDouble().open();
      using segmenter = segmenterOf(backend, LONG);
      const { outputs, overlapped } = series(segmenter.executable, 4);
      using passes = segmenter.executable.passes!()!;
      doubleSkipWait(BigInt(skipped));
      try {
        return { outputs, found: overlapped(passes) };
      } catch (error) {
        assert.ok(error instanceof NativeError, `${error}`);
        assert.match(error.message, /an event is missing/, `wait ${skipped}`);
        return null;
      }
    };
    const whole = once(0)!;
    assert.deepEqual(whole.found, whole.outputs);
    const waits = Number(doubleWaits());
    assert.ok(waits > 15, `${waits} waits`);
    for (let n = 1; n <= waits; n++) {
      assert.notDeepEqual(once(n)?.found, whole.outputs, `wait ${n} is for nothing`);
    }
  },
);

onDouble("two executions are under way at most, and none is taken twice", () => {
  using backend = cudnnOnDouble().open();
  using segmenter = segmenterOf(backend, LONG);
  const { inputs: [port], outputs: [result] } = segmenter.executable;
  using passes = segmenter.executable.passes!()!;
  const x = new Float32Array(elements(port.shape));
  const y = new Float32Array(elements(result.shape));
  assert.throws(() => passes.take({ [result.name]: y }), /no execution is under way/);
  assert.throws(() => passes.submit({ [port.name]: x.map(() => NaN) }), InputError);
  for (let n = 0; n < 2; n++) passes.submit({ [port.name]: x });
  assert.throws(() => passes.submit({ [port.name]: x }), /two executions are under way/);
});

onDouble(
  "overlapping executions that are stopped or fail leave nothing open, and without room go in turn",
  async ({ doubleFailAt, doubleFailed, doubleAlive, doubleMemory }) => {
    using backend = cudnnOnDouble().open();
    const trial: Trial = { ...LONG, shape: [10, 4, 4] };
    using segmenter = segmenterOf(backend, trial);
    const executable = throughHost(segmenter.executable, true);
    const overlapping = { ...segmenter, executable };
    // what downloads take is taken for good
    const wanted = await maskOf(trial, {
      ...segmenter,
      executable: throughHost(segmenter.executable, false),
    });
    assert.deepEqual(await maskOf(trial, overlapping), wanted);
    const alive = doubleAlive();
    const reason = new Error("stopped");
    await assert.rejects(maskOf(trial, overlapping, AbortSignal.abort(reason)), reason);
    assert.equal(doubleAlive(), alive);
    let failures = 0;
    for (let n = 1;; n++) {
      doubleFailAt(BigInt(n));
      const found = await maskOf(trial, overlapping).catch((error) => {
        assert.ok(error instanceof NativeError, `${error}`);
        return null;
      });
      const failed = Deno.UnsafePointerView.getCString(doubleFailed()!);
      doubleFailAt(0n);
      assert.equal(doubleAlive(), alive, `${failed} (call ${n})`);
      if (found) assert.deepEqual(found, wanted, `${failed} (call ${n})`);
      else failures++;
      if (failed === "") break;
    }
    assert.ok(failures > 30, `${failures} failures`);
    doubleMemory(1n);
    assert.equal(segmenter.executable.passes!(), null);
    assert.deepEqual(await maskOf(trial, overlapping), wanted);
  },
);
