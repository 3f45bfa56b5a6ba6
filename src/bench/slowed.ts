/**
 * A network made slower on purpose: whoever judges timings proves with it that they would notice.
 *
 * @module
 */

import type { Executable } from "../backends/backend.ts";
import { InputError } from "../base/errors.ts";
import { processorTimes } from "../platform/mod.ts";
import { monotonic } from "./timer.ts";

/** How it is made slower. */
export const SLOWNESS_KINDS = ["busy", "sleep"] as const;

/** By how much, and how. */
export interface Slowness {
  /** Share of a run's own time that is added to it, of all threads together; 0: none. */
  readonly share: number;
  /** `busy` burns processor time, `sleep` only lets time pass. */
  readonly kind: "busy" | "sleep";
}

/** Adds nothing. */
export const NOT_SLOWED: Slowness = { share: 0, kind: "busy" };

/**
 * An executable whose runs take longer, each in proportion to itself.
 *
 * @param slowness asked anew at each run
 * @throws InputError at a run of a device with a clock of its own, which would not show it
 */
export function slowed(executable: Executable, slowness: () => Slowness): Executable {
  const slow = (run: () => void) => {
    const { share, kind } = slowness();
    if (share === 0) return run();
    const before = { wall: monotonic(), processor: processorTimes()?.all };
    run();
    const wall = monotonic() - before.wall;
    if (kind === "sleep") return pause(share * wall);
    const processor = processorTimes();
    if (processor === null || before.processor === undefined) return spin(monotonic, share * wall);
    // this thread burns for all of them
    spin(() => processorTimes()!.lead, share * (processor.all - before.processor));
  };
  const { inputs, outputs, steps, memory, resident } = executable;
  return {
    inputs,
    outputs,
    steps,
    memory,
    ...(resident ? { resident } : {}),
    load: (weights) => executable.load(weights),
    run: (from, to) => slow(() => executable.run(from, to)),
    ...(executable.time
      ? {
        time: (from, to) => {
          if (slowness().share > 0) throw new InputError("a device's own clock cannot be slowed");
          return executable.time!(from, to);
        },
      }
      : {}),
    profile: (from, to) => executable.profile(from, to),
    [Symbol.dispose]: () => executable[Symbol.dispose](),
  };
}

/** Keeps this thread busy until a clock has gone on by some seconds. */
function spin(clock: () => number, seconds: number): void {
  const end = clock() + seconds;
  while (clock() < end);
}

/** Lets this thread wait for some seconds. */
function pause(seconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}
