/**
 * The `network` scope: execution of the graph only, on a seeded random input.
 *
 * @module
 */

import type { Bindings, Executable } from "../backends/backend.ts";
import { random } from "../base/random.ts";
import { elements } from "../base/shapes.ts";
import { type Clock, type Repetitions, timeRuns } from "./timer.ts";

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
    const [second] = await timeRuns(
      () => executable.run(inputs, outputs),
      { warmup: 0, repeats: 1 },
      clock,
    );
    if (i >= 0) seconds.push(second);
    await onRun(i);
  }
  return seconds;
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
