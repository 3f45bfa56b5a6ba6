/**
 * The cuDNN backend when something fails, on the double: every native call of opening, lowering and
 * running fails once, and each time the error is clean and nothing stays open.
 */

import assert from "node:assert/strict";
import { MissingError, NativeError } from "../src/base/errors.ts";
import { compile } from "../src/backends/mod.ts";
import { openResources } from "../src/backends/cudnn/cuda/resource.ts";
import { gpuState } from "../src/backends/cudnn/cuda/nvml.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/graph.ts";
import type { WeightSource } from "../src/graph/weights.ts";
import { tensor } from "../src/tensor/tensor.ts";
import { elements } from "../src/base/shapes.ts";
import { window } from "./case.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();

/** Convolution with bias and activation, pooling, a transposed one, a norm, a join. */
function net(): Graph {
  const b = new GraphBuilder("every kind of call");
  const x = b.input("x", [1, 2, 6, 8]);
  const same = window([3, 3], [1, 1], [1, 1], [1, 1]);
  const half = window([2, 2], [2, 2], [0, 0], [0, 0]);
  const c = b.apply("relu", "r", [b.conv("c", x, { channels: 4, ...same })], {});
  const pooled = b.apply("max_pool", "p", [c], half);
  const up = b.preluChannel("a", b.deconv("d", pooled, { channels: 3, ...half }));
  const joined = b.apply("concat", "j", [b.instanceNorm("n", up, 1e-5), c], {});
  return b.build(joined);
}

const graph = net();
const weights: WeightSource = (name) => {
  const { shape } = graph.values.find((value) => value.name === name)!;
  const data = Float32Array.from({ length: elements(shape) }, (_, i) => (i * 37 % 19 - 9) / 10);
  return tensor("f32", shape, data);
};

const scaled: WeightSource = (name) => {
  const { shape, data } = weights(name);
  return tensor("f32", shape, (data as Float32Array).map((value) => value / 2));
};

/** Opens, lowers, runs, loads, profiles and closes. */
function everything(): Float32Array {
  using backend = cudnnOnDouble().open();
  using executable = compile(backend, graph, weights);
  const [input, output] = [executable.inputs[0], executable.outputs[0]];
  const x = Float32Array.from({ length: elements(input.shape) }, (_, i) => i % 7 - 3);
  const y = new Float32Array(elements(output.shape));
  executable.run({ [input.name]: x }, { [output.name]: y });
  executable.load(weights);
  const seconds = executable.time!({ [input.name]: x }, { [output.name]: y });
  const steps = executable.profile({ [input.name]: x }, { [output.name]: y });
  assert.ok(seconds > 0 && steps.every((step) => step.seconds >= 0));
  return y;
}

/** Whether every error of what was thrown is one of ours; closing may fail while another one flies. */
function clean(thrown: unknown): boolean {
  if (thrown instanceof SuppressedError) return clean(thrown.error) && clean(thrown.suppressed);
  return thrown instanceof NativeError || thrown instanceof MissingError;
}

Deno.test({
  name: "every native call of a forward pass fails once: a clean error, and nothing stays open" +
    (path === null ? ` (skipped: ${problem})` : ""),
  ignore: path === null,
  fn() {
    using cleanup = new DisposableStack();
    const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
    const { doubleFailAt, doubleFailed, doubleAlive } = control.symbols;
    const failed = () => Deno.UnsafePointerView.getCString(doubleFailed()!);
    const calls = new Set<string>();
    const wanted = everything();
    const open = openResources();
    let [errors, survived] = [0, 0];
    for (let n = 1;; n++) {
      doubleFailAt(BigInt(n));
      let thrown: unknown;
      try {
        // an engine that fails while it is looked for is passed over
        const y = everything();
        assert.deepEqual(y.map(Math.fround), wanted.map(Math.fround), failed());
        survived++;
      } catch (error) {
        thrown = error;
        errors++;
      }
      const call = failed();
      doubleFailAt(0n);
      assert.ok(thrown === undefined || clean(thrown), `${call}: ${thrown}`);
      assert.equal(doubleAlive(), 0n, `${call} (call ${n}) left something open`);
      assert.equal(openResources(), open, `${call} (call ${n}) left a resource open`);
      if (call === "") break;
      calls.add(call);
    }
    assert.ok(errors > 300, `${errors} errors`);
    assert.ok(survived < errors / 10, `${survived} failures went unnoticed`);
    for (
      const name of ["cuMemAlloc_v2", "cuLaunchKernel", "cudnnBackendExecute", "cuGraphLaunch"]
    ) {
      assert.ok(calls.has(name), `${name} was never told to fail`);
    }
  },
});

Deno.test({
  name: "after its first run a pass is one graph, that takes other inputs and weights; where it " +
    `cannot be recorded it runs piece by piece${path === null ? ` (skipped: ${problem})` : ""}`,
  ignore: path === null,
  fn() {
    using cleanup = new DisposableStack();
    const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
    const { doubleFailAt, doubleCalls, doubleRefusesRecording, doubleAlive } = control.symbols;
    cleanup.defer(() => doubleRefusesRecording(0));
    /** Three runs, the last with other inputs and weights: outputs, and native calls of each. */
    const runs = () => {
      using backend = cudnnOnDouble().open();
      using executable = compile(backend, graph, weights);
      const [input, output] = [executable.inputs[0], executable.outputs[0]];
      return [1, 1, 3].map((factor) => {
        if (factor !== 1) executable.load(scaled);
        const x = Float32Array.from({ length: elements(input.shape) }, (_, i) => factor * (i % 7));
        const y = new Float32Array(elements(output.shape));
        doubleFailAt(0n);
        executable.run({ [input.name]: x }, { [output.name]: y });
        return { y, calls: Number(doubleCalls()) };
      });
    };
    const replayed = runs();
    doubleRefusesRecording(1);
    const single = runs();
    assert.deepEqual(replayed.map(({ y }) => y), single.map(({ y }) => y));
    assert.notDeepEqual(replayed[1].y, replayed[2].y);
    // to make the GPU current, one copy up, one launch, one copy down, to wait
    assert.equal(replayed[1].calls, 5);
    assert.ok(single[1].calls > 10, `${single[1].calls} calls`);
    assert.equal(doubleAlive(), 0n);
  },
});

Deno.test({
  name: "a GPU without room says what was needed and what is free" +
    (path === null ? ` (skipped: ${problem})` : ""),
  ignore: path === null,
  fn() {
    using backend = cudnnOnDouble().open();
    const b = new GraphBuilder("huge");
    const x = b.input("x", [1, 128, 512, 512, 64]);
    const huge = b.build(b.apply("relu", "y", [x], {}));
    assert.throws(() => compile(backend, huge, weights), (error: MissingError) => {
      assert.match(error.message, /no room for the activations of huge: 8\.00 GiB needed/);
      assert.match(error.message, /4\.00 GiB free of 4\.00 GiB/);
      return error instanceof MissingError && /smaller batch/.test(error.advice ?? "");
    });
  },
});

Deno.test({
  name: "what the GPU is and how it is doing is told" +
    (path === null ? ` (skipped: ${problem})` : ""),
  ignore: path === null,
  fn() {
    assert.throws(() => gpuState(path!, "0000:66:00.0"), /nvmlDeviceGetHandleByPciBusId/);
    assert.deepEqual(gpuState(path!, "0000:65:00.0"), {
      driver: "580.00",
      clock: 1500,
      memoryClock: 2600,
      temperature: 61,
      ecc: true,
      powerLimit: 700,
      throttleReasons: ["power cap"],
    });
    const probe = cudnnOnDouble().probe();
    assert.match(probe.detail, /^double of a GPU, CUDA 13\.0, cuDNN 9\.24\.0, 1500 MHz, held down/);
    assert.ok(probe.available && probe.emulated, "a double is taken only where it is asked for");
    using backend = cudnnOnDouble().open();
    assert.deepEqual(backend.device, {
      kind: "gpu",
      isa: "sm_90 (double of a GPU)",
      threads: 2,
      libraries: { "NVIDIA driver": "580.00", CUDA: "13.0", cuDNN: "9.24.0", NVRTC: "13.0" },
      gpu: {
        name: "double of a GPU",
        memory: 2 ** 32,
        ecc: true,
        powerLimit: 700,
        deterministic: true,
      },
    });
    const idle = backend.state!()!;
    assert.deepEqual(idle, {
      clock: 1500,
      memoryClock: 2600,
      temperature: 61,
      memoryUsed: 0,
      throttleReasons: ["power cap"],
    });
    using executable = compile(backend, graph, weights);
    const { arena, weights: packed, scratch } = executable.memory;
    const { memoryUsed } = backend.state!()!;
    assert.equal(memoryUsed, arena + packed + scratch);
    assert.throws(() => compile(backend, graph, weights, "fp64"), /does not compute in fp64/);
  },
});
