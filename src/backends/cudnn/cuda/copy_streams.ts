/**
 * Streams for copies to and from the GPU while it computes: it has an engine for each direction.
 *
 * @module
 */

import type { Gpu } from "./gpu.ts";
import type { Stream } from "./stream.ts";

/** What there is two of, so that one can be filled while the other one is read. */
export type Pair<T> = readonly [T, T];

/** A stream a direction, beside the one that computes. */
export class CopyStreams {
  readonly #gpu: Gpu;
  /** Copies to the device. */
  readonly up: Stream;
  /** Copies from it. */
  readonly down: Stream;

  /** @param owned takes over the streams */
  constructor(gpu: Gpu, owned: DisposableStack) {
    this.#gpu = gpu;
    this.up = owned.use(gpu.newStream());
    this.down = owned.use(gpu.newStream());
  }

  /** Waits for everything that was submitted to them and to the one that computes. */
  settle(context: string): void {
    for (const stream of this.#all()) stream.synchronize(context);
  }

  /**
   * The same before memory is freed, under which nothing may still run; whether it worked is of no
   * interest any more.
   *
   * @param owned has all that is freed already
   */
  settleBeforeFreeing(owned: DisposableStack): void {
    const { cuStreamSynchronize } = this.#gpu.driver.symbols;
    owned.defer(() => {
      for (const { id } of this.#all()) cuStreamSynchronize(id);
    });
  }

  #all(): Stream[] {
    return [this.#gpu.stream, this.up, this.down];
  }
}
