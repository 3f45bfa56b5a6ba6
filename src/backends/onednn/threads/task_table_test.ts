import assert from "node:assert/strict";
import { runTask, writeTasks } from "./task_table.ts";

/** A call whose primitive and address are recognisable numbers. */
function call(primitive: number, pairs: number) {
  const args = new BigUint64Array(2 * pairs);
  return { primitive: BigInt(primitive), args, address: BigInt(primitive * 100) };
}

Deno.test("each thread runs the calls of its own part, in order, until one fails", () => {
  const parts = [0, 10].map((first) => [
    [call(first + 1, 2), call(first + 2, 3)],
    [],
    [call(first + 3, 1)],
  ]);
  const table = writeTasks(7n, parts);
  assert.equal(table.tasks, 3);
  const run = (thread: number, task: number, failing = 0n) => {
    const seen: string[] = [];
    const status = runTask(table.address, thread, task, (primitive, stream, count, args) => {
      seen.push([primitive, stream, count, args].join(" "));
      return primitive === failing ? 5 : 0;
    });
    return { status, seen };
  };
  assert.deepEqual(run(0, 0), { status: 0, seen: ["1 7 2 100", "2 7 3 200"] });
  assert.deepEqual(run(1, 0), { status: 0, seen: ["11 7 2 1100", "12 7 3 1200"] });
  assert.deepEqual(run(1, 1), { status: 0, seen: [] });
  assert.deepEqual(run(1, 2), { status: 0, seen: ["13 7 1 1300"] });
  assert.deepEqual(run(0, 0, 1n), { status: 5, seen: ["1 7 2 100"] });
});
