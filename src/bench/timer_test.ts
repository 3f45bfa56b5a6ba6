import assert from "node:assert/strict";
import { Stopwatch } from "./timer.ts";

Deno.test("what runs apart counts in no phase and not on the watch", () => {
  let now = 0;
  const stopwatch = new Stopwatch(() => now);
  const spend = (seconds: number) => now += seconds;
  const start = stopwatch.now();
  stopwatch.time("stitch", () => {
    spend(1);
    stopwatch.apart(() => spend(10));
    spend(2);
  });
  stopwatch.apart(() => spend(100));
  stopwatch.time("execute", () => spend(4));
  assert.deepEqual(stopwatch.seconds(), { execute: 4, stitch: 3 });
  assert.equal(stopwatch.now() - start, 7);
});
