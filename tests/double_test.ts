/**
 * How strict the double is: what a GPU would do wrong in silence, now and then, it refuses or makes
 * wrong every time.
 */

import assert from "node:assert/strict";
import { NativeError } from "../src/base/errors.ts";
import { address, i32, i64, packArguments } from "../src/backends/cudnn/cuda/arguments.ts";
import { NO_CACHE } from "../src/backends/cudnn/cuda/cache.ts";
import type { Gpu } from "../src/backends/cudnn/cuda/gpu.ts";
import { launchKernel } from "../src/backends/cudnn/cuda/launch.ts";
import { Modules } from "../src/backends/cudnn/cuda/modules.ts";
import { ID, type OperationGraph } from "../src/backends/cudnn/graph_api/operation_graph.ts";
import type { Stream } from "../src/backends/cudnn/cuda/stream.ts";
import { Session } from "../src/backends/cudnn/graph_api/session.ts";
import { variantPack } from "../src/backends/cudnn/graph_api/variant_pack.ts";
import { buildDouble, controlDouble } from "./double.ts";

const { path, problem } = buildDouble();

/** A test on a session of the double, with what it opens closed behind it. */
function onDouble(name: string, fn: (session: Session, owned: DisposableStack) => void): void {
  Deno.test({
    name: `the double: ${name}${path === null ? ` (skipped: ${problem})` : ""}`,
    ignore: path === null,
    fn() {
      using control = new DisposableStack();
      const { symbols } = control.adopt(controlDouble(path!), (library) => library.close());
      {
        using session = new Session({ cuda: path!, nvrtc: path!, cudnn: path!, nvml: null });
        using owned = new DisposableStack();
        fn(session, owned);
      }
      assert.equal(symbols.doubleAlive(), 0n);
    },
  });
}

/** A kernel that copies `n` floats, in a module that the caller unloads. */
function copying({ driver, facts: { capability } }: Gpu, session: Session) {
  const { nvrtc } = session;
  const modules = new Modules({ driver, nvrtc, nvrtcPath: "", capability, cache: NO_CACHE });
  const id = modules.kernel("copies", "from_channels_last", { type: "f32" });
  const launch = (from: bigint, to: bigint, n: number) =>
    launchKernel(session.gpu.stream, {
      context: "a copy",
      kernel: "from_channels_last",
      id,
      grid: [1, 1, 1],
      block: [n, 1],
      args: packArguments([address(from), address(to), i64(n), i32(1), i64(n)], () => 0n),
    });
  return { modules, launch };
}

onDouble(
  "what was never written is no number, on the device and in pinned memory",
  ({ gpu }, owned) => {
    const { id } = owned.use(gpu.memory.allocate(64, "nothing"));
    const found = new Float32Array(16);
    gpu.stream.download(id, found, "nothing");
    gpu.stream.synchronize("nothing");
    const pinned = owned.use(gpu.memory.allocatePinned(64, "nothing"));
    for (const floats of [found, new Float32Array(pinned.bytes.buffer)]) {
      assert.ok(floats.every(Number.isNaN), floats.join());
    }
  },
);

onDouble(
  "destroying a stream or an event waits for nothing that was submitted",
  ({ gpu }, owned) => {
    const { id } = owned.use(gpu.memory.allocate(4, "a number"));
    gpu.stream.upload(Float32Array.of(7), id, "a number");
    gpu.stream.synchronize("a number");
    const pinned = owned.use(gpu.memory.allocatePinned(4, "a number"));
    const [found] = [new Float32Array(pinned.bytes.buffer)];
    const [stream, event] = [gpu.newStream(), gpu.newEvent()];
    stream.download(id, pinned.bytes, "a number");
    stream.recordEvent(event);
    gpu.stream.waitEvent(event);
    event[Symbol.dispose]();
    stream[Symbol.dispose]();
    assert.ok(Number.isNaN(found[0]), "it was waited for");
    gpu.stream.synchronize("the event");
    assert.equal(found[0], 7);
  },
);

onDouble(
  "work of two streams is refused where it touches the same bytes and no event orders it",
  (session, owned) => {
    const { gpu } = session;
    const [from, to] = ["from", "to"].map((what) => owned.use(gpu.memory.allocate(64, what)).id);
    const pinned = owned.use(gpu.memory.allocatePinned(64, "numbers"));
    const [other, event] = [owned.use(gpu.newStream()), owned.use(gpu.newEvent())];
    const { modules, launch } = copying(gpu, session);
    owned.use(modules);
    owned.defer(() => gpu.stream.synchronize("the end"));
    const numbers = Float32Array.from({ length: 16 }, (_, i) => i);
    const ordered = (first: Stream, second: Stream) => {
      first.recordEvent(event);
      second.waitEvent(event);
    };
    const missing = /bytes are (read|written) in one stream .* an event is missing/;
    gpu.stream.upload(numbers, from, "numbers");
    gpu.stream.synchronize("numbers");
    launch(from, to, 16);
    // what a kernel writes is read, and what it reads is written
    assert.throws(() => other.download(to, pinned.bytes, "numbers"), missing);
    assert.throws(() => other.upload(numbers, from, "numbers"), missing);
    // what both only read is nobody's harm
    other.download(from + 32n, pinned.bytes.subarray(32), "numbers");
    ordered(gpu.stream, other);
    other.download(to, pinned.bytes, "numbers");
    assert.throws(() => launch(from, to, 16), missing);
    // a wait of the host orders as well, and other bytes need none
    gpu.stream.upload(numbers.subarray(0, 8), from, "numbers");
    other.synchronize("numbers");
    launch(from, to, 16);
    gpu.stream.synchronize("numbers");
    assert.deepEqual([...new Float32Array(pinned.bytes.buffer)], [...numbers]);
  },
);

onDouble("a kernel whose module is unloaded before it ran fails", (session, owned) => {
  const { gpu } = session;
  const [from, to] = ["from", "to"].map((what) => owned.use(gpu.memory.allocate(64, what)).id);
  const { modules, launch } = copying(gpu, session);
  launch(from, to, 16);
  gpu.stream.synchronize("a copy");
  launch(from, to, 16);
  modules[Symbol.dispose]();
  assert.throws(() => gpu.stream.synchronize("a copy"), NativeError);
});

onDouble("a tensor that is not aligned and a workspace of null are refused", (session, owned) => {
  const { gpu, cudnn, handle, engines } = session;
  const shape = [1, 4, 4, 4];
  const graph: OperationGraph = {
    tensors: [
      { id: ID.x, dims: shape, type: "f32" },
      { id: ID.w, dims: [4, 4, 1, 1], type: "f32" },
      { id: ID.y, dims: shape, type: "f32" },
    ],
    operations: [{
      kind: "forward",
      window: { kernel: [1, 1], stride: [1, 1], padBefore: [0, 0], padAfter: [0, 0] },
      x: ID.x,
      w: ID.w,
      y: ID.y,
    }],
    tensorCores: false,
  };
  const descriptor = engines.ready(graph, "c")[0].plan()!.descriptor!;
  const room = () => owned.use(gpu.memory.allocate(4096, "tensors")).id;
  const [x, w, y, workspace] = [room(), room(), room(), room()];
  const execute = (at: bigint, scratch: bigint) => {
    const bound = [[ID.x, at], [ID.w, w], [ID.y, y]] as const;
    handle.execute(descriptor, variantPack(cudnn, owned, "c", bound, scratch), "c");
    gpu.stream.synchronize("c");
  };
  execute(x, workspace);
  assert.throws(() => execute(x + 4n, workspace), /STATUS_2003.*a tensor/);
  assert.throws(() => execute(x, workspace + 8n), /STATUS_2003.*the workspace/);
  assert.throws(() => execute(x, 0n), /the workspace is null/);
});
