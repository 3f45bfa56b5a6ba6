/** Writes and reads that fail: a handful of the calls of two commands (`benchmarks/faults`). */

import assert from "node:assert/strict";
import { random } from "../src/base/random.ts";
import { buildShim } from "../benchmarks/faults/shim.ts";
import { faultsOf } from "../benchmarks/faults/try_faults.ts";
import { openWorkplace, WORKS } from "../benchmarks/faults/works.ts";

const folder = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const { path: shim, problem } = buildShim(folder);

for (const name of ["export", "compare"]) {
  Deno.test({
    name: `a write or read of ${name} that fails is told of, and loses and leaves nothing` +
      (shim === null ? ` (skipped: ${problem})` : ""),
    ignore: shim === null,
    async fn() {
      using place = await openWorkplace([name]);
      const work = WORKS.find((one) => one.name === name)!;
      const { calls, tried } = await faultsOf(place, work, shim!, {
        most: 3,
        draw: random(1, name),
        onTried: () => {},
      });
      assert.ok(calls.write > 3 && calls.read > 3, "the calls were not counted");
      assert.ok(tried.some(({ code }) => code !== 0), "no call failed");
      assert.deepEqual(tried.filter(({ faults }) => faults.length > 0), []);
    },
  });
}
