/**
 * The `network` scope: execution of the graph only, on a seeded random input.
 *
 * @module
 */

import type { Bindings, Executable } from "../backends/backend.ts";
import { random } from "../base/random.ts";
import { elements } from "../base/shapes.ts";
import { type Clock, monotonic, type Repetitions } from "./timer.ts";

/** Seconds of each timed run of an executable on one random input in [0, 1). */
export async function timeNetwork(
  executable: Executable,
  seed: number,
  repetitions: Repetitions,
  onRun: (index: number) => void | Promise<void> = () => {},
  clock?: Clock,
): Promise<number[]> {
  const { inputs, outputs } = randomBindings(executable, seed);
  const seconds: number[] = [];
  for (let i = -repetitions.warmup; i < repetitions.repeats; i++) {
    // one run at a time: what is told to the user between runs is not timed
    const second = timeOne(executable, inputs, outputs, clock);
    if (i >= 0) seconds.push(second);
    await onRun(i);
  }
  return seconds;
}

/**
 * Seconds of one run: by the device's own clock where it has one, else by the given clock.
 *
 * @example
 * ```ts
 * import { timeOne } from "./network.ts";
 * import assert from "node:assert/strict";
 * let now = 0;
 * const run = () => void (now += 2);
 * assert.equal(timeOne({ run }, {}, {}, () => now), 2);
 * assert.equal(timeOne({ run, time: () => 0.5 }, {}, {}, () => now), 0.5);
 * ```
 */
export function timeOne(
  executable: Pick<Executable, "run" | "time">,
  inputs: Bindings,
  outputs: Bindings,
  clock: Clock = monotonic,
): number {
  if (executable.time) return executable.time(inputs, outputs);
  const start = clock();
  executable.run(inputs, outputs);
  return clock() - start;
}

/** One random input in [0, 1) for an executable, and room for its outputs. */
export function randomBindings(
  executable: Pick<Executable, "inputs" | "outputs">,
  seed: number,
): { readonly inputs: Bindings; readonly outputs: Bindings } {
  const stream = random(seed, "network-input");
  return {
    inputs: Object.fromEntries(executable.inputs.map(({ name, shape }) => [
      name,
      Float32Array.from({ length: elements(shape) }, () => stream.uniform()),
    ])),
    outputs: Object.fromEntries(
      executable.outputs.map(({ name, shape }) => [name, new Float32Array(elements(shape))]),
    ),
  };
}
