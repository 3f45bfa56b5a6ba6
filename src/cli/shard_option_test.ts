import assert from "node:assert/strict";
import { InputError } from "../base/errors.ts";
import { type Environment, requestedShard } from "./shard_option.ts";

/** An environment of what a scheduler sets. */
function setting(variables: Readonly<Record<string, string>>): Environment {
  return (name) => variables[name];
}

/** What a task of an array is told by Slurm. */
function slurm(id: number, count: number, min: number, max: number, step: number): Environment {
  const [prefix, values] = ["SLURM_ARRAY_TASK_", { ID: id, COUNT: count, MIN: min, MAX: max }];
  const all = Object.entries({ ...values, STEP: step });
  return setting(Object.fromEntries(all.map(([name, value]) => [prefix + name, String(value)])));
}

Deno.test("tasks of an array are shards in their order, wherever the array begins", () => {
  const shards = [0, 4, 8].map((id) => requestedShard("auto", undefined, slurm(id, 3, 0, 8, 4)));
  assert.deepEqual(shards, [1, 2, 3].map((index) => ({ index, count: 3 })));
  assert.deepEqual(requestedShard("auto", undefined, slurm(8, 8, 1, 8, 1)), { index: 8, count: 8 });
});

Deno.test("tasks that are started again are the shards that they were", () => {
  const again = slurm(7, 2, 3, 7, 1);
  assert.throws(() => requestedShard("auto", undefined, again), /array has gaps/);
  assert.deepEqual(requestedShard("auto", 8, again), { index: 7, count: 8 });
});

Deno.test("what does not say which of how many is refused", () => {
  const pod = { JOB_COMPLETION_INDEX: "7" };
  const wrong: [Environment, number | undefined, RegExp][] = [
    [setting({}), 8, /nothing in the environment/],
    [setting(pod), undefined, /does not say how many/],
    [setting(pod), 7, /names shard 8 of 7/],
    [setting({ ...pod, SLURM_ARRAY_TASK_ID: "1" }), 8, /both Slurm and Kubernetes/],
    [slurm(0, 8, 0, 7, 1), 8, /names shard 0 of 8/],
  ];
  for (const [environment, shards, message] of wrong) {
    assert.throws(() => requestedShard("auto", shards, environment), (error: InputError) => {
      assert.ok(error instanceof InputError && error.advice);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(() => requestedShard({ index: 1, count: 4 }, 8), /--shard says 4 parts/);
  assert.equal(requestedShard(undefined, undefined, slurm(1, 8, 1, 8, 1)), undefined);
});
