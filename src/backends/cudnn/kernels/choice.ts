/**
 * Several ways to do a step, of which the fastest is taken.
 *
 * @module
 */

import { type Call, scratchFor } from "./call.ts";
import type { NamedWork } from "./work.ts";

/** A way to do a step. */
export interface Way {
  /** What tells it from the step's other ways, in every process. */
  readonly label: string;
  /** All of it. */
  readonly call: Call;
}

/** A call that is one of several. */
export class Choice implements Call {
  /** What the step is: equal steps have equal keys. */
  readonly key: string;
  /** Name of the step, for errors. */
  readonly context: string;
  readonly ways: readonly Way[];
  #taken: Way;

  /** @param ways the first one is taken until another one is */
  constructor(key: string, context: string, ways: readonly Way[]) {
    this.key = key;
    this.context = context;
    this.ways = ways;
    this.#taken = ways[0];
  }

  /** Takes another way. */
  take(label: string): void {
    this.#taken = this.ways.find((way) => way.label === label) ?? this.#taken;
  }

  get implementation(): string {
    return this.#taken.call.implementation;
  }

  get scratch(): readonly number[] {
    return this.#taken.call.scratch;
  }

  get work(): readonly NamedWork[] {
    return this.#taken.call.work;
  }

  /** Bytes of scratch memory, by slot, that serve every way. */
  get scratchForAll(): readonly number[] {
    return scratchFor(this.ways.map(({ call }) => call));
  }

  place(addresses: readonly bigint[], owned: DisposableStack): void {
    this.#taken.call.place(addresses, owned);
  }

  run(): void {
    this.#taken.call.run();
  }
}
