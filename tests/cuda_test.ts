/** Downloads through pinned memory, and profiles that are one CUDA graph: on the double. */

import assert from "node:assert/strict";
import { compile } from "../src/backends/mod.ts";
import { Session } from "../src/backends/cudnn/graph_api/session.ts";
import { GraphBuilder } from "../src/graph/builder.ts";
import { seededWeights } from "../src/graph/weights.ts";
import { window } from "./case.ts";
import { buildDouble, controlDouble, cudnnOnDouble } from "./double.ts";

const { path, problem } = buildDouble();
const skipped = path === null ? ` (skipped: ${problem})` : "";

Deno.test({
  name: `downloads of any size come back whole${skipped}`,
  ignore: path === null,
  fn() {
    using session = new Session({ cuda: path!, nvrtc: path!, cudnn: path!, nvml: null });
    const { memory, stream, downloads } = session.gpu;
    const buffer = 1 << 24;
    // less than a buffer, several in one, one that fills one, and some that go round twice
    for (const sizes of [[3], [5, 7], [buffer], [1, buffer, 9, 2 * buffer + 5], []]) {
      using owned = new DisposableStack();
      const given = sizes.map((length, i) => new Uint8Array(length).map((_, at) => at * 31 + i));
      const wanted = given.map((bytes) => {
        const { id } = owned.use(memory.allocate(bytes.length, "bytes"));
        stream.upload(bytes, id, "bytes");
        return { from: id, to: new Uint8Array(bytes.length), what: "bytes" };
      });
      downloads.run(stream, wanted);
      for (const [i, { to }] of wanted.entries()) {
        assert.ok(to.every((byte, at) => byte === given[i][at]), `${sizes}, the ${i}th`);
      }
    }
  },
});

Deno.test({
  name: `a profile is one graph, with the numbers of a plain run${skipped}`,
  ignore: path === null,
  fn() {
    using cleanup = new DisposableStack();
    const control = cleanup.adopt(controlDouble(path!), (library) => library.close());
    const { doubleCalls, doubleFailAt, doubleRefusesRecording, doubleAlive } = control.symbols;
    cleanup.defer(() => doubleRefusesRecording(0));
    const b = new GraphBuilder("two steps");
    const same = window([3, 3], [1, 1], [1, 1], [1, 1]);
    const c = b.conv("c", b.input("x", [1, 2, 6, 8]), { channels: 4, ...same });
    const graph = b.build(b.apply("channel_mean", "m", [c], {}));
    const x = Float32Array.from({ length: 96 }, (_, i) => i % 7);
    const profiles = (refuses: number) => {
      doubleRefusesRecording(refuses);
      using backend = cudnnOnDouble().open();
      using executable = compile(backend, graph, seededWeights(graph, 1));
      const [plain, found] = [new Float32Array(48), new Float32Array(48)];
      executable.run({ x }, { m: plain });
      executable.profile({ x }, { m: found });
      doubleFailAt(0n);
      const steps = executable.profile({ x }, { m: found });
      assert.deepEqual(found, plain);
      assert.ok(steps.length === 2 && steps.every(({ seconds }) => seconds >= 0));
      return Number(doubleCalls());
    };
    // to make the GPU current, one copy up, one launch, one copy down, to wait; times of four parts
    assert.equal(profiles(0), 9);
    assert.ok(profiles(1) > 12);
    assert.equal(doubleAlive(), 0n);
  },
});
