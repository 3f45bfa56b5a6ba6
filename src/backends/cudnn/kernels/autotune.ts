/**
 * Autotuning: every way to do a step is timed as a whole, a graph of cuDNN together with what it
 * leaves to kernels of ours, where the step's tensors are; the fastest is remembered.
 *
 * @module
 */

import { sha256 } from "../../../base/hashing.ts";
import { MissingError } from "../../../base/errors.ts";
import type { Cache } from "../cuda/cache.ts";
import type { Gpu } from "../cuda/gpu.ts";
import { PROGRAMS } from "../cuda/programs.ts";
import { timeInTurns } from "../cuda/timing.ts";
import { scratchFor } from "./call.ts";
import type { Choice } from "./choice.ts";
import type { Chooser } from "./chooser.ts";

/** What a way must save to be taken instead of an earlier one: less is noise. */
const WORTHWHILE = 0.03;

/** The fastest ways of steps on a GPU. */
export class Autotuner implements Chooser {
  readonly #gpu: Gpu;
  readonly #cache: Cache;
  readonly #about: string;

  /** @param about what tells the GPU, its driver and libraries from others */
  constructor(gpu: Gpu, about: string) {
    this.#gpu = gpu;
    this.#cache = gpu.cache;
    const kernels = Object.values(PROGRAMS).map(({ source }) => source);
    this.#about = `${about}, kernels ${sha256(...kernels).slice(0, 16)}`;
  }

  /** The way that was the fastest for a step before; undefined where it is not known. */
  fastest(step: string): string | undefined {
    const entry = this.#cache.get(this.#key(step));
    return entry ? new TextDecoder().decode(entry) : undefined;
  }

  /** Forgets the fastest way of a step, which is there no more. */
  forget(step: string): void {
    this.#cache.discard(this.#key(step), "the fastest way of a step is there no more");
  }

  /** Times the ways of some choices, equal ones once, and lets each take its fastest. */
  tune(choices: readonly Choice[]): void {
    const open = choices.filter(({ ways }) => ways.length > 1);
    if (open.length === 0) return;
    using stack = new DisposableStack();
    const addresses = this.#room(open, stack);
    if (!addresses) return;
    for (const [step, equal] of Map.groupBy(open, ({ key }) => key)) {
      const found = this.#fastestOf(equal[0], addresses);
      if (found === undefined) continue;
      for (const one of equal) one.take(found);
      this.#cache.set(this.#key(step), new TextEncoder().encode(found));
    }
  }

  /** Scratch memory that serves every way; undefined where the GPU has no room for it. */
  #room(choices: readonly Choice[], owned: DisposableStack): bigint[] | undefined {
    const slots = scratchFor(choices.map((one) => ({ scratch: one.scratchForAll })));
    try {
      return slots.map((bytes) => owned.use(this.#gpu.memory.allocate(bytes, "scratch memory")).id);
    } catch (error) {
      if (error instanceof MissingError) return undefined;
      throw error;
    }
  }

  /** Label of the fastest way; undefined where none could be timed. */
  #fastestOf({ ways, context }: Choice, addresses: readonly bigint[]): string | undefined {
    using stack = new DisposableStack();
    const runs = ways.map(({ call }) => () => call.run());
    for (const { call } of ways) call.place(addresses, stack);
    const seconds = timeInTurns(this.#gpu, runs, context);
    let best = -1;
    seconds.forEach((each, i) => {
      const least = best < 0 ? Infinity : seconds[best] * (1 - WORTHWHILE);
      if (each < least) best = i;
    });
    return ways[best]?.label;
  }

  #key(step: string): string {
    return `${this.#about} fastest ${step}`;
  }
}
