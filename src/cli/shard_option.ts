/**
 * Which part of a run this process does: as the command line says, or the scheduler that started it.
 *
 * @module
 */

import { InvalidArgumentError } from "@commander-js/extra-typings";
import { InputError } from "../base/errors.ts";
import type { ShardRequest } from "../datasets/mod.ts";

/** Variables of schedulers. */
export type Environment = (name: string) => string | undefined;

/** Reads `3/8`, or `auto`. */
export function shardOf(text: string): ShardRequest | "auto" {
  if (text === "auto") return text;
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (count === undefined || shard.index < 1 || shard.index > shard.count) {
    throw new InvalidArgumentError("must be I/N, such as 3/8, with I from 1 to N, or auto.");
  }
  return shard;
}

/**
 * The part to do; undefined for the whole run.
 *
 * An array of Slurm tells its tasks how many they are and which one each is, so that `auto` is
 * enough. An indexed Job of Kubernetes tells a pod its index only, and an array of which some tasks
 * are started again counts these only: `shards` says how many there are then, with Slurm's tasks
 * counted from 1.
 *
 * @throws InputError where neither says which part it is, or both say something else
 *
 * @example
 * ```ts
 * import { requestedShard } from "./shard_option.ts";
 * import assert from "node:assert/strict";
 * const pod = (name: string) => name === "JOB_COMPLETION_INDEX" ? "2" : undefined;
 * assert.deepEqual(requestedShard(undefined, 8, pod), { index: 3, count: 8 });
 * ```
 */
export function requestedShard(
  shard: ShardRequest | "auto" | undefined,
  shards: number | undefined,
  environment: Environment = (name) => Deno.env.get(name),
): ShardRequest | undefined {
  if (shard === undefined && shards === undefined) return undefined;
  if (shard !== undefined && shard !== "auto") {
    if (shards === undefined || shards === shard.count) return shard;
    throw new InputError(`--shard says ${shard.count} parts, --shards ${shards}`, {
      advice: "leave out --shards",
    });
  }
  const numberOf = (name: string) => {
    const text = environment(name);
    return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  };
  const pod = numberOf("JOB_COMPLETION_INDEX");
  const task = numberOf("SLURM_ARRAY_TASK_ID");
  if ((pod === undefined) === (task === undefined)) {
    throw new InputError(
      pod === undefined
        ? "nothing in the environment says which shard this is"
        : "both Slurm and Kubernetes say which shard this is",
      { advice: "name it: --shard I/N" },
    );
  }
  if (pod !== undefined) return among(pod + 1, shards, "JOB_COMPLETION_INDEX");
  if (shards !== undefined) return among(task!, shards, "SLURM_ARRAY_TASK_ID");
  return taskOfArray(task!, numberOf);
}

/** A task of an array that is whole: from the least to the most in even steps. */
function taskOfArray(
  task: number,
  numberOf: (name: string) => number | undefined,
): ShardRequest {
  const [count, least, most, step = 1] = ["COUNT", "MIN", "MAX", "STEP"]
    .map((name) => numberOf(`SLURM_ARRAY_TASK_${name}`));
  const whole = count !== undefined && least !== undefined && step > 0 &&
    (most === undefined || (most - least) / step + 1 === count);
  if (!whole) {
    throw new InputError("the array has gaps, so that it does not say how many shards there are", {
      advice: "add --shards N, and number the tasks from 1 to N (--array=1-N)",
    });
  }
  return among((task - least!) / step + 1, count, "SLURM_ARRAY_TASK_ID");
}

function among(index: number, count: number | undefined, variable: string): ShardRequest {
  if (count === undefined) {
    throw new InputError(`${variable} does not say how many shards there are`, {
      advice: "add --shards N",
    });
  }
  if (Number.isInteger(index) && index >= 1 && index <= count) return { index, count };
  throw new InputError(`${variable} names shard ${index} of ${count}`, {
    advice: "number the tasks of Slurm from 1 to N, completions of Kubernetes from 0 to N - 1",
  });
}
