/**
 * The timer: it sees a function and a clock, and knows nothing of models, data or scores.
 *
 * @module
 */

/** Seconds since some fixed moment. */
export type Clock = () => number;

/** The monotonic clock of this machine. */
export const monotonic: Clock = () => performance.now() / 1000;

/** How often to run something. */
export interface Repetitions {
  /** Runs before the first timed one. */
  readonly warmup: number;
  /** Timed runs. */
  readonly repeats: number;
}

/** The phases of a case, in order of the data's way: reading, segmenting, writing. */
export const PHASES = [
  "read",
  "decode",
  "window",
  "resize",
  "upload",
  "execute",
  "download",
  "stitch",
  "write",
] as const;

/** Name of a phase. */
export type Phase = typeof PHASES[number];

/** Adds up the seconds of phases that come again and again. */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #seconds = new Map<Phase, number>();
  #apart = 0;

  /** Starts with every phase at zero. */
  constructor(clock: Clock = monotonic) {
    this.#clock = clock;
  }

  /** Seconds since some fixed moment, without the time of what ran apart. */
  now(): number {
    return this.#clock() - this.#apart;
  }

  /** Runs a function whose time counts nowhere, even inside of a phase: for this watch it stands. */
  apart<T>(run: () => T): T {
    const start = this.#clock();
    try {
      return run();
    } finally {
      this.#apart += this.#clock() - start;
    }
  }

  /** Runs a function and adds its time to a phase. */
  time<T>(phase: Phase, run: () => T): T {
    const start = this.now();
    try {
      return run();
    } finally {
      this.#add(phase, start);
    }
  }

  /** As `time`, for work that waits. */
  async timeAsync<T>(phase: Phase, run: () => Promise<T>): Promise<T> {
    const start = this.now();
    try {
      return await run();
    } finally {
      this.#add(phase, start);
    }
  }

  /** Seconds of each phase that ran, in the order of `PHASES`. */
  seconds(): Partial<Record<Phase, number>> {
    return Object.fromEntries(
      PHASES.filter((phase) => this.#seconds.has(phase))
        .map((phase) => [phase, this.#seconds.get(phase)!]),
    );
  }

  #add(phase: Phase, start: number): void {
    this.#seconds.set(phase, (this.#seconds.get(phase) ?? 0) + this.now() - start);
  }
}
